#include "proxy/response_state.h"

#include <utility>

#include "dialect/responses_history.h"
#include "dialect/responses_items.h"
#include "json/scan.h"
#include "json/splice.h"
#include "json/writer.h"

namespace penstock::proxy {
namespace {

using AtProvider = model::StoredResponse::AtProvider;

// As OpenAI keeps them, less a day: what is older is sent again rather than named.
constexpr UnixMillis kProvidersKeep = 29LL * 86'400'000;

// The object as it is kept: without the decision, which belongs to one answer, and with the
// response that it goes on from, which a provider that was sent the history in its place does not
// say.
std::string asKept(std::string_view object, std::string_view previous_id) {
  json::ObjectIndex index;
  if (!json::scanObject(object, index)) return std::string(object);
  json::Splicer splicer(index);
  bool said = previous_id.empty();
  for (size_t i = 0; i < index.size(); ++i) {
    if (index[i].key == "mlx:trace") splicer.removeMember(i);
    if (index[i].key != "previous_response_id" || previous_id.empty()) continue;
    splicer.replaceValue(i, json::quoted(previous_id));
    said = true;
  }
  if (!said) splicer.appendMember("previous_response_id", json::quoted(previous_id));
  return splicer.build().str();
}

}  // namespace

Status ResponseState::open(const dialect::ResponsesRequest& request) {
  if (request.background)
    return invalidRequest("unsupported_parameter",
                          "'background' is not supported: what a response costs that nobody waits "
                          "for cannot be told from its request",
                          "background");
  if (!request.conversation.empty())
    return invalidRequest("unsupported_parameter",
                          "'conversation' is not supported: go on from a response with "
                          "'previous_response_id'",
                          "conversation");
  const responses::Keeper* keeper = loop_.shared.responses;
  const bool any = keeper != nullptr && keeper->options().keep_for > 0;
  needs_recall_ = responses::needsRecall(request);
  previous_id_ = request.previous_response_id;
  if (needs_recall_ && !any)
    return invalidRequest("unsupported_parameter",
                          "no responses are kept here: send what came before as input",
                          previous_id_.empty() ? "input" : "previous_response_id");
  const bool wanted = request.store && !extensions_.no_store;
  if (!any || !wanted) {
    if (wanted) why_not_ = "disabled";
    return Unit{};
  }
  keeps_ = request.content.size() <= keeper->options().most_bytes;
  if (!keeps_) why_not_ = "input_too_large";
  return Unit{};
}

Status ResponseState::recall(const dialect::ResponsesRequest& request) {
  auto recalled = responses::recall(*loop_.shared.responses, caller_.project->id, request);
  if (!recalled) return std::move(recalled).error();
  recalled_ = *std::move(recalled);
  return Unit{};
}

std::string ResponseState::take(std::unique_ptr<dialect::ChatView> original,
                                std::optional<std::string> text) {
  // A text moves without its characters: it is far longer than one that lies in the object.
  original_text_ = std::move(text);
  if (recalled_->holder) original_ = std::move(original);
  return std::move(recalled_->body);
}

void ResponseState::complete(dialect::ResponsesRequest& request) const {
  if (recalled_) request.unwritten_tokens = recalled_->unwritten_tokens;
}

const dialect::ResponsesRequest* ResponseState::originalFor(const model::Provider& provider) const {
  if (original_ == nullptr) return nullptr;
  const responses::Holder& holder = *recalled_->holder;
  const Secret& own = extensions_.provider_key;
  const bool same_account = holder.account == (own.empty() ? std::string() : own.fingerprint());
  // A provider that was changed since may be another account.
  const bool same = holder.provider_id == provider.id && provider.updated_at <= holder.since;
  const bool recent = loop_.shared.clock.now() - holder.since < kProvidersKeep;
  if (!same_account || !same || !recent) return nullptr;
  return static_cast<const dialect::ResponsesRequest*>(original_.get());
}

void ResponseState::holdInput(const dialect::ResponsesRequest& request) {
  if (!keeps_ || input_) return;
  input_ = dialect::inputItems(request, historyItems());
}

void ResponseState::keep(std::string_view object, const Origin& origin) {
  if (!keeps_ || std::exchange(kept_, true)) return;
  const dialect::ResponsesKeptObject read = dialect::readKeptObject(object);
  if (!dialect::isResponseId(read.id)) return;  // nobody could ask for it
  const bool held = origin.passed_through && !read.says_unstored;
  loop_.shared.responses->keep({.project_id = caller_.project->id,
                                .id = read.id,
                                .api_key_id = caller_.key->id,
                                .provider_id = origin.provider.id,
                                .model = read.model.empty() ? origin.model : read.model,
                                .previous_id = previous_id_,
                                .at_provider = held ? AtProvider::Held : AtProvider::Absent,
                                .account = origin.byok_fingerprint.value_or(""),
                                .input = std::move(input_).value_or("[]"),
                                .object = asKept(object, previous_id_),
                                .created_at = origin.row.created_at});
}

}  // namespace penstock::proxy
