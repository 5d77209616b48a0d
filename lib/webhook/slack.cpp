#include "webhook/slack.h"

#include "json/document.h"
#include "json/writer.h"
#include "webhook/event_types.h"
#include "webhook/url.h"

namespace penstock::webhook {
namespace {

void appendEscaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      default: out += c;
    }
  }
}

void appendMember(std::string& out, json::ValueRef data, std::string_view name) {
  const auto member = data.find(name);
  if (!member || member->isNull()) {
    out += "unknown";
  } else if (const auto text = member->asString()) {
    appendEscaped(out, *text);
  } else {
    appendEscaped(out, member->text());
  }
}

// The type's line with {field} replaced by what `data` holds.
std::string fillIn(std::string_view line, json::ValueRef data) {
  std::string out;
  while (true) {
    const size_t open = line.find('{');
    out += line.substr(0, open);
    if (open == std::string_view::npos) return out;
    const size_t close = line.find('}', open);
    appendMember(out, data, line.substr(open + 1, close - open - 1));
    line.remove_prefix(close + 1);
  }
}

std::string describe(json::ValueRef envelope) {
  const std::string type(envelope.stringAt("type").value_or("event"));
  const auto data = envelope.find("data");
  const EventType* known = findEventType(type);
  std::string text;
  if (data && data->find("test")) text += "[test] ";
  if (known != nullptr && data) return text + fillIn(known->line, *data);
  appendEscaped(text, type);
  return text;
}

}  // namespace

bool isSlackUrl(std::string_view url) {
  const auto target = parseUrl(url);
  if (!target) return false;
  const std::string& host = target->origin.host;
  return host == "hooks.slack.com" || host.ends_with(".slack.com");
}

model::WebhookFormat formatOf(std::string_view url) {
  return isSlackUrl(url) ? model::WebhookFormat::Slack : model::WebhookFormat::Json;
}

std::string slackBody(std::string_view envelope) {
  const auto document = json::parse(envelope);
  std::string out;
  json::Writer(out)
      .beginObject()
      .field("text", document ? describe(document->root()) : std::string("event"))
      .endObject();
  return out;
}

}  // namespace penstock::webhook
