#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/gathering.h"
#include "proxy/judge.h"

namespace penstock::proxy {

// Steps one after another, until a reply is good enough; else the last that there was is served
// (spec/modelux.md 13.22). For a caller who wants a stream, the last step streams as it comes, so
// that its reply is not looked at; those before it are taken whole.
class Cascade final : public Gathering {
 public:
  using Gathering::Gathering;

  void start(const budget::Standing* downgraded_by) override;

 private:
  void onChainStream(Chain& chain, std::string_view bytes) override;
  void onChainWhole(Chain& chain) override;
  void onChainFailed(Chain& chain) override;
  void onChainDowngraded(Chain& chain) override;

  const routing::Branch& branch() const { return decision_.branches[step_]; }
  bool isLast() const { return step_ + 1 == decision_.branches.size(); }
  void runStep();
  void moveOn();
  void giveUp();
  void accept(std::string_view how);
  void askJudge(const config::Acceptance::Judge& judge);
  void onVerdict();

  const budget::Standing* downgraded_by_ = nullptr;
  size_t step_ = 0;
  Attempt* replied_ = nullptr;  // the last that did
  ReplyText reply_;             // its
  Chain* failed_ = nullptr;     // the last step that did, for when nobody replies
  std::vector<std::unique_ptr<Judge>> judges_;
  Chain* judging_ = nullptr;
};

}  // namespace penstock::proxy
