#include "proxy/relay_operation.h"

#include <algorithm>

#include "base/text.h"
#include "executor/line.h"
#include "http/multipart.h"
#include "json/raw.h"
#include "json/scan.h"
#include "json/splice.h"
#include "json/writer.h"
#include "model/vendor.h"
#include "provider/relay_call.h"

namespace penstock::proxy {
namespace {

using model::ObjectKind;
using model::ObjectSurface;

constexpr size_t kMostOfPage = 100;  // Anthropic's own limit is larger, OpenAI's the same
constexpr size_t kMaxOrderBytes = 64 << 10;
constexpr std::string_view kHere = "local";
constexpr size_t kMaxFileName = 256;
constexpr size_t kMostMetadata = 16;  // OpenAI's limits
constexpr size_t kMaxMetadataKey = 64;
constexpr size_t kMaxMetadataValue = 512;

model::Dialect vendorDialect(const RelayOperation& operation) {
  return operation.surface == ObjectSurface::OpenAi ? model::Dialect::OpenAi
                                                    : model::Dialect::Anthropic;
}

bool serves(const model::Provider& provider, const RelayOperation& operation) {
  const model::Vendor* vendor = model::findVendor(provider.vendor);
  return vendor != nullptr && provider::hasRelay(*vendor, vendorDialect(operation));
}

bool hasBatches(const model::Provider& provider, const RelayOperation& operation) {
  const model::Vendor* vendor = model::findVendor(provider.vendor);
  return vendor != nullptr && provider::hasBatches(*vendor, vendorDialect(operation));
}

// The default one of those who have files and batches in that API. The demo has OpenAI's, but
// nobody who has a provider means it.
const model::Provider* usualProvider(const config::Snapshot& snapshot,
                                     const RelayOperation& operation) {
  if (operation.surface == ObjectSurface::Anthropic)
    return snapshot.findDefaultProvider("anthropic");
  for (const std::string_view vendor : {"openai", "azure_openai"}) {
    if (const model::Provider* usual = snapshot.findDefaultProvider(vendor)) return usual;
  }
  const bool others = std::ranges::any_of(
      snapshot.providers(), [](const model::Provider& one) { return one.vendor != "demo"; });
  return others ? nullptr : snapshot.findDefaultProvider("demo");
}

// The only part of that name: of several, providers may take another than we do.
Result<const http::FormPart*> onlyPart(const http::Form& form, std::string_view name) {
  const http::FormPart* found = nullptr;
  for (const http::FormPart& part : form.parts) {
    if (part.name != name) continue;
    if (found != nullptr)
      return invalidRequest("invalid_multipart", "there must be one field of this name",
                            std::string(name));
    found = &part;
  }
  return found;
}

// Where this gateway is, as the caller addressed it, up to its base path.
std::string ownBase(const http::Request& request) {
  const std::string_view host = request.headers.get("host");
  const bool secure =
      request.secure || equalsIgnoreCase(request.headers.get("x-forwarded-proto"), "https");
  std::string base = secure ? "https://" : "http://";
  base += host;
  if (request.path.starts_with("/anthropic/")) base += "/anthropic";
  return base;
}

}  // namespace

dialect::Dialect RelayOperation::dialect() const {
  return surface == ObjectSurface::OpenAi ? dialect::Dialect::OpenAi : dialect::Dialect::Anthropic;
}

std::string RelayOperation::endpointName() const {
  std::string name = kind == ObjectKind::File ? "files." : "batches.";
  if (surface == ObjectSurface::Anthropic && kind == ObjectKind::Batch) name = "messages." + name;
  switch (verb) {
    case RelayVerb::Create: return name + "create";
    case RelayVerb::List: return name + "list";
    case RelayVerb::Show: return name + "retrieve";
    case RelayVerb::Content: return name + (kind == ObjectKind::File ? "content" : "results");
    case RelayVerb::Cancel: return name + "cancel";
    case RelayVerb::Delete: return name + "delete";
  }
  return name;
}

std::string RelayOperation::upstreamPath(std::string_view id) const {
  std::string path = kind == ObjectKind::File ? "files" : "batches";
  if (surface == ObjectSurface::Anthropic && kind == ObjectKind::Batch) path = "messages/" + path;
  if (verb == RelayVerb::Create || verb == RelayVerb::List) return path;
  path.append("/").append(id);
  if (verb == RelayVerb::Cancel) path += "/cancel";
  if (verb == RelayVerb::Content) path += kind == ObjectKind::File ? "/content" : "/results";
  return path;
}

Here hereFor(std::string_view purpose) {
  if (purpose == "batch") return Here::Executes;
  const bool named = purpose == "user_data" || purpose == "vision" || purpose == "assistants";
  return named ? Here::Keeps : Here::Never;
}

Result<Place> choosePlace(const Caller& caller, const RelayOperation& operation,
                          const http::Request& request, Here possible) {
  const bool here = possible != Here::Never;
  const config::Snapshot& snapshot = *caller.snapshot;
  if (here && snapshot.findGuard(caller.project->id) != nullptr) return Place{};
  std::string name(request.headers.get("x-penstock-provider"));
  if (name.empty()) name = request.queryParam("provider");
  if (name == kHere && here) return Place{};
  if (!name.empty() && name != kHere) {
    const model::Provider* named = snapshot.findProviderByName(name);
    if (named == nullptr) named = snapshot.findDefaultProvider(name);
    const bool lacks =
        named != nullptr &&
        (possible == Here::Executes ? !hasBatches(*named, operation) : !serves(*named, operation));
    if (lacks && here) return Place{};
    if (named != nullptr && serves(*named, operation)) return Place{named};
  }
  if (!name.empty()) {
    return invalidRequest("unknown_provider",
                          "no provider of that name has files and batches of this kind",
                          "X-Penstock-Provider");
  }
  if (const model::Provider* usual = usualProvider(snapshot, operation)) return Place{usual};
  if (here) return Place{};
  return invalidRequest("no_provider",
                        std::string("there is no provider of vendor ") +
                            (operation.surface == ObjectSurface::OpenAi ? "openai" : "anthropic") +
                            "; add one, or name one in X-Penstock-Provider");
}

Result<Upload> readUpload(const http::Request& request) {
  const auto form = http::parseForm(request.headers.get("content-type"), request.body);
  if (!form) return form.error();
  const auto file = onlyPart(*form, "file");
  if (!file) return file.error();
  const auto purpose = onlyPart(*form, "purpose");
  if (!purpose) return purpose.error();
  if (*file == nullptr)
    return invalidRequest("missing_field", "the form needs a field file", "file");
  Upload upload;
  if (*purpose != nullptr) upload.purpose = std::string((*purpose)->value.substr(0, 64));
  upload.name = (*file)->filename.value_or("file").substr(0, kMaxFileName);
  upload.media_type = (*file)->content_type;
  upload.content = (*file)->value;
  return upload;
}

Result<BatchOrder> readBatchOrder(std::string_view body) {
  json::ObjectIndex object;
  json::Limits limits;
  limits.max_bytes = kMaxOrderBytes;
  if (Status valid = json::scanObject(body, object, limits); !valid)
    return std::move(valid).error();
  BatchOrder order;
  for (const auto& [key, text] :
       {std::pair{"input_file_id", &order.input_file_id}, std::pair{"endpoint", &order.endpoint}}) {
    const json::Member* member = object.find(key);
    if (member == nullptr)
      return invalidRequest("missing_field", std::string(key) + " is needed", key);
    auto value = json::rawString(member->value);
    if (!value) return invalidRequest("invalid_type", std::string(key) + " must be a string", key);
    *text = *std::move(value);
  }
  if (const json::Member* window = object.find("completion_window"))
    order.window = json::rawString(window->value).value_or("?");
  const json::Member* metadata = object.find("metadata");
  if (metadata != nullptr && metadata->kind != json::Kind::Null) order.metadata = metadata->value;
  return order;
}

Status checkLocalOrder(const BatchOrder& order) {
  if (!executor::isBatchEndpoint(order.endpoint))
    return invalidRequest("invalid_endpoint",
                          "batches are of /v1/chat/completions, /v1/embeddings, /v1/responses or "
                          "/v1/moderations",
                          "endpoint");
  if (!order.window.empty() && order.window != "24h")
    return invalidRequest("invalid_value", "completion_window must be 24h", "completion_window");
  if (order.metadata.empty()) return Unit{};
  json::ObjectIndex pairs;
  bool fits = json::scanObject(order.metadata, pairs).has_value() && pairs.size() <= kMostMetadata;
  for (const json::Member& pair : pairs) {
    const auto text = json::rawString(pair.value);
    fits = fits && pair.key.size() <= kMaxMetadataKey && text && text->size() <= kMaxMetadataValue;
  }
  if (fits) return Unit{};
  return invalidRequest("invalid_value",
                        "metadata must be an object of up to 16 strings: keys of 64 bytes at most, "
                        "values of 512",
                        "metadata");
}

http::Headers headersForLines(const http::HeaderList& headers) {
  http::Headers kept;
  for (const char* name : {"X-Modelux-User-Id", "X-Modelux-User-Tags", "X-Modelux-Conversation-Id",
                           "Cache-Control", "anthropic-version", "anthropic-beta"}) {
    if (const auto value = headers.get(name); !value.empty()) kept.add(name, value);
  }
  return kept;
}

std::string renderDeleted(const RelayOperation& operation, std::string_view id) {
  std::string text;
  json::Writer out(text);
  out.beginObject().field("id", id);
  if (operation.surface == ObjectSurface::Anthropic)
    out.field("type",
              operation.kind == ObjectKind::File ? "file_deleted" : "message_batch_deleted");
  else
    out.field("object", "file").field("deleted", true);
  out.endObject();
  return text;
}

Result<batch::Desk::Query> readListQuery(const RelayOperation& operation,
                                         const http::Request& request) {
  const bool openai = operation.surface == ObjectSurface::OpenAi;
  batch::Desk::Query query;
  query.after = request.queryParam(openai ? "after" : "after_id");
  if (!openai) query.before = request.queryParam("before_id");
  if (!query.after.empty() && !query.before.empty())
    return invalidRequest("invalid_value", "after_id and before_id exclude each other",
                          "before_id");
  if (openai && operation.kind == ObjectKind::File) query.purpose = request.queryParam("purpose");
  const std::string order = openai ? request.queryParam("order") : std::string();
  if (!order.empty() && order != "asc" && order != "desc")
    return invalidRequest("invalid_value", "order must be asc or desc", "order");
  query.oldest_first = order == "asc";
  if (const std::string limit = request.queryParam("limit"); !limit.empty()) {
    const auto number = parseUnsigned(limit);
    if (!number || *number == 0)
      return invalidRequest("invalid_value", "limit must be a number of 1 and more", "limit");
    query.limit = static_cast<size_t>(std::min<uint64_t>(*number, kMostOfPage));
  }
  return query;
}

std::string renderObjectList(const RelayOperation& operation, const batch::Desk::Listed& listed,
                             const http::Request& request) {
  std::string text;
  json::Writer out(text);
  out.beginObject();
  if (operation.surface == ObjectSurface::OpenAi) out.field("object", "list");
  out.key("data").beginArray();
  for (const model::RelayedObject& object : listed.objects)
    out.raw(objectForCaller(operation, object.object, request));
  out.endArray();
  const auto id_at = [&](bool first) -> std::optional<std::string> {
    if (listed.objects.empty()) return std::nullopt;
    return first ? listed.objects.front().id : listed.objects.back().id;
  };
  out.field("first_id", id_at(true)).field("last_id", id_at(false));
  out.field("has_more", listed.has_more).endObject();
  return text;
}

std::string objectForCaller(const RelayOperation& operation, std::string_view object,
                            const http::Request& request) {
  const bool batch = operation.kind == ObjectKind::Batch;
  json::ObjectIndex index;
  if (operation.surface != ObjectSurface::Anthropic || !batch || !json::scanObject(object, index))
    return std::string(object);
  json::Splicer splicer(index);
  const json::Member* id = index.find("id");
  for (size_t i = 0; i < index.size(); ++i) {
    if (index[i].key != "results_url" || index[i].kind != json::Kind::String || id == nullptr)
      continue;
    splicer.replaceValue(i, json::quoted(ownBase(request) + "/v1/messages/batches/" +
                                         json::rawString(id->value).value_or("") + "/results"));
  }
  return splicer.build().str();
}

}  // namespace penstock::proxy
