#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/sync.h"
#include "model/request_log.h"
#include "store/log_filter.h"

namespace penstock::trace {

// What one follower has been told and has not taken yet: rows that match its filter, as text, in
// the order in which they were stored. Bounded: what does not fit is counted instead. Belongs to
// the follower, who leaves by letting go of it. Thread-safe.
class Feed {
 public:
  using Text = std::shared_ptr<const std::string>;
  struct News {
    std::vector<Text> rows;
    uint64_t dropped = 0;  // rows that came after these and did not fit
    bool closed = false;   // nothing more will come
  };

  Feed(store::LogFilter filter, size_t capacity)
      : filter_(std::move(filter)), capacity_(capacity) {}
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  // From now on `wake` is called, on the teller's thread, when there is something to take: once
  // until the next take(). It must not block.
  void onNews(const std::function<void()>& wake);
  News take();
  bool closed() { return state_.lock()->news.closed; }

 private:
  friend class Followers;
  struct State {
    News news;
    bool told = false;  // and not taken
    std::function<void()> wake;
  };
  bool wants(const model::RequestLog& row) const { return store::matches(filter_, row); }
  void put(Text row);
  void close();
  void change(const std::function<void(News&)>& add);

  // Constant after construction.
  const store::LogFilter filter_;
  const size_t capacity_;
  Sync<State> state_;
};

// Who follows live traffic. Rows are told by the recorder once they are stored, so that whoever
// hears of a request can read it. Thread-safe.
class Followers {
 public:
  using Render = std::function<std::string(const model::RequestLog&)>;
  struct Limits {
    size_t followers = 16;
    size_t rows = 1000;  // that one may be behind
  };
  // `render`: the text that followers get of a row; called once a row, and for those only that
  // somebody wants.
  Followers(Render render, Limits limits) : render_(std::move(render)), limits_(limits) {}

  // Rows that match, from now on. Errors: 429 too_many_followers; 503 once it is closed.
  Result<std::shared_ptr<Feed>> follow(store::LogFilter filter);

  void tell(std::span<const model::RequestLog> rows);
  // Ends every feed after what it holds; nobody may follow any more.
  void close();
  size_t count();

 private:
  struct State {
    std::vector<std::weak_ptr<Feed>> feeds;
    bool closed = false;
  };
  std::vector<std::shared_ptr<Feed>> present();

  // Constant after construction.
  const Render render_;
  const Limits limits_;
  Sync<State> state_;
};

}  // namespace penstock::trace
