#include "proxy/relay_operation.h"

#include <algorithm>
#include <span>

#include "base/text.h"
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

model::Dialect vendorDialect(const RelayOperation& operation) {
  return operation.surface == ObjectSurface::OpenAi ? model::Dialect::OpenAi
                                                    : model::Dialect::Anthropic;
}

bool serves(const model::Provider& provider, const RelayOperation& operation) {
  const model::Vendor* vendor = model::findVendor(provider.vendor);
  return vendor != nullptr && provider::hasRelay(*vendor, vendorDialect(operation));
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

Result<const model::Provider*> chooseProvider(const Caller& caller, const RelayOperation& operation,
                                              const http::Request& request) {
  const config::Snapshot& snapshot = *caller.snapshot;
  std::string name(request.headers.get("x-penstock-provider"));
  if (name.empty()) name = request.queryParam("provider");
  if (!name.empty()) {
    const model::Provider* named = snapshot.findProviderByName(name);
    if (named == nullptr) named = snapshot.findDefaultProvider(name);
    if (named != nullptr && serves(*named, operation)) return named;
    return invalidRequest("unknown_provider",
                          "no provider of that name has files and batches of this kind",
                          "X-Penstock-Provider");
  }
  const bool openai = operation.surface == ObjectSurface::OpenAi;
  constexpr std::string_view kOpenAi[] = {"openai", "azure_openai", "demo"};
  constexpr std::string_view kAnthropic[] = {"anthropic"};
  for (const std::string_view vendor : openai ? std::span<const std::string_view>(kOpenAi)
                                              : std::span<const std::string_view>(kAnthropic)) {
    if (const model::Provider* usual = snapshot.findDefaultProvider(vendor)) return usual;
  }
  return invalidRequest("no_provider", std::string("there is no provider of vendor ") +
                                           (openai ? "openai" : "anthropic") +
                                           "; add one, or name one in X-Penstock-Provider");
}

Result<Upload> readUpload(const http::Request& request, const batch::Pricing& pricing) {
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
  if (upload.purpose != "batch") return upload;
  auto plan = batch::planLines((*file)->value, pricing);
  if (!plan) return std::move(plan).error();
  upload.plan = *std::move(plan);
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
  return order;
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
