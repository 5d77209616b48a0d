// A media request's bytes on their way to a provider: the caller's, with few edits.
#include <fmt/format.h>

#include "dialect/openai_media.h"
#include "json/raw.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

ApiError unsayable(std::string_view field) {
  return invalidRequest("invalid_value",
                        fmt::format("Invalid value for '{}': it holds the form's boundary.", field),
                        std::string(field));
}

MediaBody encodeJson(const MediaRequest& request, std::string_view model) {
  bool named = false;
  json::Splicer splicer(request.body);
  for (size_t i = 0; i < request.body.size(); ++i) {
    const std::string_view key = request.body[i].key;
    if (key == "model") {
      splicer.replaceValue(i, json::quoted(model));
      named = true;
    } else if (key.starts_with("mlx:")) {
      splicer.removeMember(i);
    }
  }
  if (!named) splicer.appendMember("model", json::quoted(model));
  MediaBody body{.content_type = "application/json"};
  body.json = splicer.build();
  body.pieces = body.json.pieces();
  return body;
}

}  // namespace

Result<MediaBody> encodeMedia(const MediaRequest& request, std::string_view model) {
  if (!request.form) return encodeJson(request, model);
  bool named = false;
  bool sayable = true;
  const http::Form& form = *request.form;
  http::FormEdits edits(form, request.bytes);
  for (size_t i = 0; i < form.parts.size(); ++i) {
    if (form.parts[i].name == "model") {
      sayable = edits.replaceValue(i, std::string(model));
      named = true;
    } else if (form.parts[i].name.starts_with("mlx:")) {
      edits.remove(i);
    }
  }
  if (!named) sayable = edits.prepend("model", model);
  if (!sayable) return unsayable("model");
  MediaBody body{.content_type = "multipart/form-data; boundary=" + form.boundary};
  body.form = edits.build();
  body.pieces = body.form.pieces();
  return body;
}

Result<std::string> formWithFields(const MediaRequest& request, std::string_view fields) {
  const http::Form& form = *request.form;
  json::ObjectIndex index;
  if (Status read = json::scanObject(fields, index); !read) return std::move(read).error();
  http::FormEdits edits(form, request.bytes);
  for (size_t i = 0; i < form.parts.size(); ++i) {
    const http::FormPart& part = form.parts[i];
    const json::Member* member = part.filename ? nullptr : index.find(part.name);
    if (member == nullptr || member->kind != json::Kind::String) continue;
    std::string text = json::rawString(member->value).value_or("");
    if (text != part.value && !edits.replaceValue(i, std::move(text))) return unsayable(part.name);
  }
  return edits.build().str();
}

}  // namespace penstock::dialect
