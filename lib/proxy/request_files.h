#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dialect/chat_view.h"
#include "dialect/dialect.h"
#include "dialect/file_references.h"
#include "model/relayed_object.h"
#include "proxy/admission.h"
#include "proxy/extensions.h"
#include "proxy/loop_context.h"
#include "routing/decision.h"

namespace penstock::proxy {

// The files that a chat request names by their ids. Those that are kept here are put into the
// request, so that any target serves it; the others are at one provider, which has to. Only files
// of the caller's project may be named. One a request; lives on its loop, but for resolve(), during
// which nobody else touches it.
class RequestFiles {
 public:
  RequestFiles(LoopContext& loop, const Caller& caller, const Extensions& extensions)
      : loop_(loop), caller_(caller), extensions_(extensions) {}
  ~RequestFiles();
  RequestFiles(const RequestFiles&) = delete;
  RequestFiles& operator=(const RequestFiles&) = delete;

  // On a thread that may block. InvalidRequest naming the place: "file_not_found" of what nobody of
  // the project has uploaded here, "file_elsewhere" of what cannot be where the others are. Of its
  // first items, `history` of them, which the caller did not send, files that are gone are said to
  // be. PayloadTooLarge for more than a body may have, Overloaded for more than there is room for.
  Status resolve(dialect::Dialect dialect, const dialect::ChatView& request, size_t history);
  // The request's body with the files that are kept here; nothing where it is as it was.
  std::optional<std::string> takeBody() { return std::exchange(body_, std::nullopt); }

  // Leaves those targets that the files are at. InvalidRequest/"file_elsewhere" when there is none.
  Status restrict(routing::Decision& decision) const;

 private:
  Status place(const dialect::FileReference& reference, dialect::Dialect dialect);
  Status placeHere(const dialect::FileReference& reference, const model::RelayedObject& file,
                   dialect::Dialect dialect);
  Status makeRoom(uint64_t bytes);
  void leaveNote(const dialect::FileReference& reference, dialect::Dialect dialect);
  Status noteHolder(const dialect::FileReference& reference, const model::RelayedObject& file);
  Status unknown(const dialect::FileReference& reference) const;

  LoopContext& loop_;
  const Caller& caller_;
  const Extensions& extensions_;
  dialect::Replacements replacements_;
  uint64_t bytes_ = 0;   // of what is put in
  uint64_t shared_ = 0;  // of all requests' room
  std::optional<std::string> body_;
  // Of the files that are at a provider.
  const model::Provider* holder_ = nullptr;
  std::string held_id_, held_param_;
};

}  // namespace penstock::proxy
