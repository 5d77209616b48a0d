#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "executor/services.h"
#include "http/message.h"
#include "model/local_batch.h"
#include "model/relayed_object.h"

namespace penstock::executor {

// Makes and takes away what is kept here. What shows and lists objects asks batch::Desk, which
// knows those at providers too. Blocks on the store and the disk; thread-safe.
class LocalObjects {
 public:
  // `wake` is told the id of a batch that there is something to do for.
  LocalObjects(const Services& services, std::function<void(std::string_view)> wake)
      : services_(services), wake_(std::move(wake)) {}

  struct Owner {
    std::string_view project_id, api_key_id;
  };

  struct NewFile {
    model::ObjectSurface surface = model::ObjectSurface::OpenAi;
    std::string_view name;
    std::string_view purpose;     // of OpenAI's
    std::string_view media_type;  // as it was sent; may be empty
    std::string_view content;
  };
  // PayloadTooLarge/"file_storage_full".
  Result<model::RelayedObject> keepFile(const Owner& owner, const NewFile& file);

  // What a batch's requests are made with, and what OpenAI's callers say of one.
  struct Origin {
    http::Headers headers;
    std::string_view peer;
  };
  struct Order {
    std::string_view endpoint, window, metadata;  // the last is JSON of an object, or empty
  };
  // A batch of a file that is kept here. Whether its lines are requests shows later, in its status.
  // NotFound when its content is gone.
  Result<model::RelayedObject> makeBatch(const Owner& owner, const Origin& origin,
                                         const model::RelayedObject& file, const Order& order);
  // A batch of the body of Anthropic's POST /messages/batches. InvalidRequest for what is none.
  Result<model::RelayedObject> makeMessageBatch(const Owner& owner, const Origin& origin,
                                                std::string_view body);

  // Asks it to end: what is shown of it then. Requests under way are waited for. Conflict when
  // there is nothing left to cancel.
  Result<std::string> cancel(const model::RelayedObject& batch);
  // Takes it away with its content. Conflict for a batch that has not ended.
  Status remove(const model::RelayedObject& object);

  // The name of what a file or an Anthropic batch's results hold; NotFound where there is none yet.
  Result<std::string> contentOf(const model::RelayedObject& object);
  // A file with all that it holds. InvalidRequest/"file_not_found" where that is gone.
  struct WholeFile {
    std::string name, media_type, content;
  };
  Result<WholeFile> readFile(const model::RelayedObject& file);
  const Shelf& shelf() const { return services_.shelf; }

 private:
  Result<model::RelayedObject> add(const Owner& owner, const Origin& origin,
                                   model::LocalBatch batch);

  const Services& services_;
  const std::function<void(std::string_view)> wake_;
};

// Takes away, or leaves, what is older than files are kept; and contents that nothing tells of,
// as a crash leaves them. Batches under way are left alone.
void removeOld(const Services& services);
void removeOrphans(const Services& services);

}  // namespace penstock::executor
