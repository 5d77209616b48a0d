#include "store/texts.h"

#include <stdexcept>

#include "json/document.h"
#include "json/writer.h"

namespace penstock::store {

std::string textsToJson(std::span<const std::string> texts) {
  std::string out;
  json::Writer writer(out);
  writer.beginArray();
  for (const std::string& text : texts) writer.value(text);
  writer.endArray();
  return out;
}

std::vector<std::string> textsFromJson(std::string_view json) {
  if (json == "[]") return {};  // the common case, read for every key at start
  const auto document = json::parse(json);
  if (!document || !document->root().isArray()) {
    throw std::runtime_error("a stored list of texts is no JSON array");
  }
  std::vector<std::string> texts;
  texts.reserve(document->root().size());
  for (const json::ValueRef element : document->root().elements()) {
    const auto text = element.asString();
    if (!text) throw std::runtime_error("a stored list of texts holds something else");
    texts.emplace_back(*text);
  }
  return texts;
}

}  // namespace penstock::store
