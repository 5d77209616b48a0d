#include "proxy/request_files.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "routing/narrow.h"

namespace penstock::proxy {
namespace {

constexpr size_t kMostReferences = 100;

ApiError elsewhere(const std::string& param, std::string message) {
  message +=
      "; what is uploaded with X-Penstock-Provider: local can be named in any request of its "
      "project";
  return invalidRequest("file_elsewhere", message, param);
}

ApiError tooLarge(uint64_t size) {
  return {ErrorKind::PayloadTooLarge, "file_too_large",
          fmt::format("with this file of {} bytes the request is too large", size)};
}

}  // namespace

RequestFiles::~RequestFiles() {
  if (shared_ > 0) loop_.shared.inlined_bytes.fetch_sub(shared_, std::memory_order_relaxed);
}

Status RequestFiles::resolve(dialect::Dialect dialect, const dialect::ChatView& request,
                             size_t history) {
  const auto references = dialect::fileReferences(dialect, request, kMostReferences);
  if (!references) return references.error();
  if (references->size() > kMostReferences)
    return invalidRequest("too_many_files",
                          fmt::format("a request may name {} files", kMostReferences),
                          references->back().param);
  for (const dialect::FileReference& reference : *references) {
    Status placed = place(reference, dialect);
    if (placed) continue;
    const bool of_before = reference.item < history && !reference.place.empty();
    if (!of_before || placed.error().kind != ErrorKind::InvalidRequest) return placed;
    leaveNote(reference, dialect);
  }
  std::ranges::sort(replacements_, {}, [](const auto& one) { return one.first.data(); });
  if (!replacements_.empty()) body_ = dialect::replaceIn(request.body.text(), replacements_);
  replacements_.clear();
  return Unit{};
}

// The conversation goes on without it.
void RequestFiles::leaveNote(const dialect::FileReference& reference, dialect::Dialect dialect) {
  replacements_.emplace_back(
      reference.place,
      dialect::inlineFile(dialect, reference, {"", "text/plain", "(a file that is gone)"}));
}

Status RequestFiles::place(const dialect::FileReference& reference, dialect::Dialect dialect) {
  const auto file = loop_.shared.desk->findFile(caller_.project->id, reference.id);
  if (!file) return unknown(reference);
  return file->isHere() ? placeHere(reference, *file, dialect) : noteHolder(reference, *file);
}

// For what it comes to in a request, while it is put together and after.
Status RequestFiles::makeRoom(uint64_t bytes) {
  const uint64_t wanted = bytes * 3;
  auto& taken = loop_.shared.inlined_bytes;
  shared_ += wanted;
  if (taken.fetch_add(wanted, std::memory_order_relaxed) + wanted <=
      loop_.shared.options.max_inlined_bytes)
    return Unit{};
  ApiError error{ErrorKind::Overloaded, "overloaded",
                 "too many requests with files are being served"};
  error.retry_after_ms = 1000;
  return error;
}

Status RequestFiles::unknown(const dialect::FileReference& reference) const {
  // The caller's own account is its own business.
  const bool passes = caller_.project->settings.unknown_files == model::UnknownFiles::Pass;
  if (passes || !extensions_.provider_key.empty()) return Unit{};
  return invalidRequest(
      "file_not_found",
      fmt::format("this project has no file {}: files are named that were uploaded here, not to "
                  "the provider itself",
                  reference.id.substr(0, 128)),
      reference.param);
}

Status RequestFiles::placeHere(const dialect::FileReference& reference,
                               const model::RelayedObject& file, dialect::Dialect dialect) {
  if (reference.place.empty())
    return invalidRequest("file_elsewhere",
                          "a provider can take such a file from its own only, and this one is kept "
                          "here: upload it with the provider's name in X-Penstock-Provider",
                          reference.param);
  const uint64_t most = loop_.shared.options.max_body_bytes;
  executor::LocalObjects& objects = loop_.shared.executor->objects();
  const uint64_t size = objects.shelf().size(file.id).value_or(0);
  const auto fail = [&reference](ApiError error) -> Status {
    error.param = reference.param;
    return error;
  };
  // As base64 it is a third more; a text is about what it is, and is measured when it is written.
  if (bytes_ + size > most) return fail(tooLarge(size));
  if (Status room = makeRoom(size); !room) return room;
  auto whole = objects.readFile(file);
  if (!whole) return fail(std::move(whole).error());
  replacements_.emplace_back(
      reference.place,
      dialect::inlineFile(dialect, reference, {whole->name, whole->media_type, whole->content}));
  bytes_ += replacements_.back().second.size();
  if (bytes_ > most) return fail(tooLarge(size));
  return Unit{};
}

Status RequestFiles::noteHolder(const dialect::FileReference& reference,
                                const model::RelayedObject& file) {
  if (!extensions_.provider_key.empty())
    return elsewhere(reference.param,
                     "the file is in the gateway's account, which the caller's "
                     "own key does not open");
  if (caller_.snapshot->findGuard(caller_.project->id) != nullptr)
    return ApiError{ErrorKind::Forbidden, "guardrails_not_supported",
                    "the project has guardrails, which do not look into files of its providers: "
                    "upload the file again, and it is kept here",
                    reference.param};
  const model::Provider* provider = caller_.snapshot->findProvider(file.provider_id);
  if (provider == nullptr)
    return elsewhere(reference.param, "the provider that the file is at is not there any more");
  if (holder_ != nullptr && holder_ != provider)
    return elsewhere(reference.param,
                     fmt::format("the file is at provider '{}', and '{}' is at '{}'",
                                 provider->name, held_id_, holder_->name));
  holder_ = provider;
  held_id_ = reference.id;
  held_param_ = reference.param;
  return Unit{};
}

Status RequestFiles::restrict(routing::Decision& decision) const {
  if (holder_ == nullptr) return Unit{};
  const bool left = routing::narrow(decision, [this](const model::Provider& provider) {
    if (provider.id == holder_->id) return std::string();
    return fmt::format("file {} is at '{}'", held_id_, holder_->name);
  });
  if (left) return Unit{};
  return elsewhere(held_param_, fmt::format("the file is at provider '{}', where this model is not "
                                            "asked for",
                                            holder_->name));
}

}  // namespace penstock::proxy
