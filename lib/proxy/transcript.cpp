#include "proxy/transcript.h"

#include "json/raw.h"
#include "json/scan.h"
#include "json/splice.h"
#include "json/writer.h"

namespace penstock::proxy {

Transcript::Transcript(std::string_view answer) : answer_(answer) {
  json::ObjectIndex index;
  is_json_ = json::scanObject(answer_, index).has_value();
}

std::string Transcript::asJson() const {
  return is_json_ ? answer_ : "{\"text\":" + json::quoted(answer_) + "}";
}

std::string Transcript::fromJson(std::string checked) const {
  json::ObjectIndex index;
  if (!json::scanObject(checked, index)) return checked;  // cannot happen: guardrails write JSON
  if (!is_json_) {
    const json::Member* text = index.find("text");
    return text == nullptr ? std::string() : json::rawString(text->value).value_or("");
  }
  if (checked == answer_) return checked;
  json::Splicer splicer(index);
  for (size_t i = 0; i < index.size(); ++i) {
    if (index[i].key == "logprobs") splicer.removeMember(i);
  }
  return splicer.build().str();
}

}  // namespace penstock::proxy
