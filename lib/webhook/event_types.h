#pragma once

#include <span>
#include <string_view>

namespace penstock::webhook {

// What can happen (spec/modelux.md 10, "Webhooks").
struct EventType {
  std::string_view type;         // "routing_config.updated"
  std::string_view description;  // one line for people
  // An example of the envelope's `data`: a JSON object that names every field emitters fill in.
  std::string_view sample;
  // The line shown in Slack: {field} stands for that member of `data`.
  std::string_view line;
};

// In the order of the specification, with those beyond it beside their kin.
std::span<const EventType> eventTypes();

// Null when there is no such type.
const EventType* findEventType(std::string_view type);
inline bool isEventType(std::string_view type) { return findEventType(type) != nullptr; }

}  // namespace penstock::webhook
