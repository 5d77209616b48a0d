#include "responses/recall.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "dialect/responses_history.h"
#include "dialect/responses_items.h"
#include "json/raw.h"
#include "json/writer.h"

namespace penstock::responses {
namespace {

using AtProvider = model::StoredResponse::AtProvider;
using References = std::map<std::string, std::string, std::less<>>;

ApiError missing(std::string_view named, std::string_view gone) {
  const std::string message =
      named == gone
          ? fmt::format("Previous response with id '{}' not found.", named)
          : fmt::format("Response '{}', which '{}' goes on from, is no longer kept.", gone, named);
  return invalidRequest("previous_response_not_found", message, "previous_response_id");
}

ApiError tooLong(std::string_view limit) {
  return invalidRequest(
      "previous_response_too_long",
      fmt::format("The responses before this request are more than {}: send what is needed of them "
                  "as input.",
                  limit),
      "previous_response_id");
}

// Oldest first.
Result<std::vector<Keeper::Found>> conversation(Keeper& keeper, std::string_view project_id,
                                                const std::string& last,
                                                const RecallLimits& limits) {
  std::vector<Keeper::Found> responses;
  size_t bytes = 0;
  for (std::string id = last; !id.empty(); id = responses.back()->previous_id) {
    if (responses.size() == limits.responses) return tooLong(fmt::format("{}", limits.responses));
    Keeper::Found found = keeper.find(project_id, id);
    if (found == nullptr) return missing(last, id);
    bytes += found->bytes();
    if (bytes > limits.bytes) return tooLong(fmt::format("{} MiB", limits.bytes >> 20));
    responses.push_back(std::move(found));
  }
  std::ranges::reverse(responses);
  return responses;
}

// Whether all of it is at one place.
class HolderOfAll {
 public:
  void add(const model::StoredResponse& response, AtProvider at) {
    const bool first = std::exchange(asked_, true) == false;
    if (at == AtProvider::Absent) return holder_.reset();
    if (first) {
      holder_ = {response.provider_id, response.account, response.created_at};
    } else if (holder_ && holder_->provider_id == response.provider_id &&
               holder_->account == response.account) {
      holder_->since = std::min(holder_->since, response.created_at);
    } else {
      holder_.reset();
    }
  }
  std::optional<Holder> take() { return std::move(holder_); }

 private:
  bool asked_ = false;
  std::optional<Holder> holder_;
};

// Input and output of the responses, one after another.
std::string itemsOf(const std::vector<Keeper::Found>& responses, Recalled& recalled) {
  std::string items;
  json::Writer out(items);
  out.beginArray();
  const auto add = [&](std::string_view array) {
    if (array.empty()) return;
    json::forEachElement(array, [&](std::string_view item) {
      out.raw(item);
      ++recalled.history_items;
      return true;
    });
  };
  for (const Keeper::Found& response : responses) {
    const auto object = dialect::readKeptObject(response->object);
    add(response->input);
    add(object.output);
    recalled.unwritten_tokens += object.reasoning_tokens;
  }
  out.endArray();
  return items;
}

// The item of that id; what made it is told to `holder`. Empty: the project has none.
std::string findItem(Keeper& keeper, std::string_view project_id, const std::string& id,
                     HolderOfAll& holder) {
  Keeper::Found response = keeper.findByItem(project_id, id);
  if (response != nullptr) {
    const auto object = dialect::readKeptObject(response->object);
    std::string_view item = dialect::findItem(object.output, id);
    if (item.empty()) item = dialect::findItem(response->input, id);
    holder.add(*response, response->at_provider);
    return std::string(item);
  }
  // An id that was given when it was listed: no provider knows it.
  const auto place = dialect::placeOfItem(id);
  if (!place) return {};
  response = keeper.find(project_id, place->response_id);
  if (response == nullptr) return {};
  holder.add(*response, AtProvider::Absent);
  return std::string(dialect::itemAt(response->input, place->place));
}

Result<References> referencesOf(Keeper& keeper, std::string_view project_id,
                                const dialect::ResponsesRequest& request,
                                const RecallLimits& limits, HolderOfAll& holder) {
  const auto ids = dialect::referencedItems(request);
  if (ids.size() > limits.references)
    return invalidRequest("too_many_references",
                          fmt::format("At most {} items may be referred to.", limits.references),
                          "input");
  References references;
  size_t bytes = 0;
  for (const std::string& id : ids) {
    if (references.contains(id)) continue;
    std::string item = findItem(keeper, project_id, id, holder);
    if (item.empty())
      return ApiError{ErrorKind::NotFound, "item_not_found",
                      fmt::format("Item with id '{}' not found.", id), "input"};
    bytes += item.size();
    if (bytes > limits.bytes)
      return invalidRequest("too_many_references", "The items referred to are too large.", "input");
    references.emplace(id, std::move(item));
  }
  return references;
}

}  // namespace

bool needsRecall(const dialect::ResponsesRequest& request) {
  return !request.previous_response_id.empty() || !dialect::referencedItems(request).empty();
}

Result<Recalled> recall(Keeper& keeper, std::string_view project_id,
                        const dialect::ResponsesRequest& request, const RecallLimits& limits) {
  Recalled recalled;
  HolderOfAll holder;
  auto responses = conversation(keeper, project_id, request.previous_response_id, limits);
  if (!responses) return std::move(responses).error();
  // The last one holds those before it.
  if (!responses->empty()) holder.add(*responses->back(), responses->back()->at_provider);
  auto references = referencesOf(keeper, project_id, request, limits, holder);
  if (!references) return std::move(references).error();
  const std::string items = itemsOf(*responses, recalled);
  recalled.body = dialect::withHistory(request, {items, *std::move(references)});
  recalled.holder = holder.take();
  return recalled;
}

}  // namespace penstock::responses
