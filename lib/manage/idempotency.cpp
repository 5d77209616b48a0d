#include "manage/idempotency.h"

#include <stdexcept>
#include <string>

#include "json/document.h"
#include "json/writer.h"
#include "manage/errors.h"

namespace penstock::manage {
namespace {

constexpr std::string_view kHeader = "Idempotency-Key";
constexpr size_t kMaxKeyBytes = 255;
constexpr UnixMillis kDay = 86'400'000;
constexpr int64_t kForgottenAtOnce = 100;

std::string toText(const http::Response& answer) {
  std::string text;
  json::Writer out(text);
  out.beginObject().field("status", answer.status).field("content_type", answer.content_type);
  out.field("body", answer.body).key("headers").beginArray();
  for (const auto& [name, value] : answer.headers) {
    out.beginArray().value(name).value(value).endArray();
  }
  out.endArray().endObject();
  return text;
}

http::Response fromText(std::string_view text) {
  const auto document = json::parse(text);
  if (!document) throw std::runtime_error("a kept answer cannot be read");
  const json::ValueRef root = document->root();
  http::Response answer;
  answer.status = static_cast<int>(root.intAt("status").value_or(0));
  answer.content_type = root.stringAt("content_type").value_or("");
  answer.body = root.stringAt("body").value_or("");
  for (const json::ValueRef header : root.find("headers")->elements()) {
    answer.headers.add(*header.at(0).asString(), *header.at(1).asString());
  }
  return answer;
}

}  // namespace

Result<std::optional<IdempotencyKey>> idempotencyKey(const http::Request& request,
                                                     std::string_view path,
                                                     const model::ManagementKey& caller) {
  if (!request.headers.has(kHeader)) return std::optional<IdempotencyKey>();
  const std::string_view key = request.headers.get(kHeader);
  if (key.empty() || key.size() > kMaxKeyBytes || request.headers.count(kHeader) > 1) {
    return fieldError(std::string(kHeader), "must be one text of 1 to 255 bytes");
  }
  std::string scope = caller.id;
  for (const std::string_view part : {request.method, path, key}) scope.append("\n").append(part);
  std::string rest(request.query);
  rest.append("\n").append(request.body);
  return std::optional(IdempotencyKey{sha256(scope), sha256(rest)});
}

Result<std::optional<http::Response>> keptAnswer(store::Tables& tables, const IdempotencyKey& key,
                                                 UnixMillis now) {
  const auto kept = tables.idempotent_requests.find(key.scope, now - kDay);
  if (!kept) return std::optional<http::Response>();
  if (kept->request_hash != key.request_hash) {
    return ApiError{ErrorKind::Unprocessable, "idempotency_key_reused",
                    "this Idempotency-Key was used for another request", std::string(kHeader)};
  }
  http::Response answer = fromText(kept->answer.reveal());
  answer.headers.add("Idempotent-Replayed", "true");
  return std::optional(std::move(answer));
}

void keepAnswer(store::Tables& tables, const IdempotencyKey& key, const http::Response& answer,
                UnixMillis now) {
  tables.idempotent_requests.purge(now - kDay, kForgottenAtOnce);
  tables.idempotent_requests.keep(key.scope, {key.request_hash, Secret(toText(answer)), now});
}

std::unique_ptr<InFlight::Place> InFlight::enter(const Sha256& scope) {
  if (!scopes_.lock()->insert(scope).second) return nullptr;
  return std::make_unique<Place>(*this, scope);
}

}  // namespace penstock::manage
