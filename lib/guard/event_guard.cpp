#include "guard/event_guard.h"

#include <array>
#include <utility>

namespace penstock::guard {

using dialect::ArgumentsDelta;
using dialect::ChatEvent;

void EventGuard::pass(const ChatEvent& event, std::vector<ChatEvent>& out) {
  if (refusal_) return;
  const auto after_all = [&] {
    closeAll(out);
    if (!refusal_) out.push_back(event);
  };
  std::visit(
      dialect::Overloaded{
          [&](const dialect::TextDelta& delta) { feed(Prose::Text, delta.text, out); },
          [&](const dialect::RefusalDelta& delta) { feed(Prose::Refusal, delta.text, out); },
          [&](const dialect::ThinkingDelta& delta) { feed(Prose::Thinking, delta.text, out); },
          [&](const ArgumentsDelta& delta) { feed(delta, out); },
          [&](const dialect::SignatureDelta&) { after_all(); },
          [&](const dialect::RedactedThinkingEvent&) { after_all(); },
          [&](const dialect::ToolStart&) { after_all(); },
          [&](const dialect::PartEnd&) { after_all(); },
          [&](const dialect::FinishEvent&) { after_all(); },
          [&](const auto&) { out.push_back(event); },
      },
      event);
}

void EventGuard::finish(std::vector<ChatEvent>& out) {
  if (!refusal_) closeAll(out);
}

void EventGuard::feed(Prose prose, std::string_view delta, std::vector<ChatEvent>& out) {
  if (prose_guard_ != nullptr && prose_ != prose) closeProse(out);
  if (refusal_) return;
  if (prose_guard_ == nullptr) {
    static constexpr std::array kPlaces = {"/text", "/refusal", "/thinking"};
    prose_guard_ = open(kPlaces.at(static_cast<size_t>(prose)));
    prose_ = prose;
  }
  passProse(checked(*prose_guard_, prose_guard_->feed(delta)), out);
}

void EventGuard::feed(const ArgumentsDelta& delta, std::vector<ChatEvent>& out) {
  closeProse(out);
  if (refusal_) return;
  auto& guard = call_guards_[delta.call];
  if (guard == nullptr) guard = open("/arguments");
  passArguments(delta.call, checked(*guard, guard->feed(delta.fragment)), out);
}

std::unique_ptr<StreamGuard> EventGuard::open(const char* place) const {
  return std::make_unique<StreamGuard>(policy_, place);
}

std::string EventGuard::checked(StreamGuard& guard, std::string text) {
  for (Finding& finding : guard.takeFindings()) findings_.add(std::move(finding));
  if (guard.refusal()) refusal_ = toError(*guard.refusal());
  return text;
}

void EventGuard::passProse(std::string text, std::vector<ChatEvent>& out) const {
  if (text.empty()) return;
  switch (prose_) {
    case Prose::Text: out.emplace_back(dialect::TextDelta{std::move(text)}); break;
    case Prose::Refusal: out.emplace_back(dialect::RefusalDelta{std::move(text)}); break;
    case Prose::Thinking: out.emplace_back(dialect::ThinkingDelta{std::move(text)}); break;
  }
}

void EventGuard::passArguments(int64_t call, std::string fragment, std::vector<ChatEvent>& out) {
  if (!fragment.empty()) out.emplace_back(ArgumentsDelta{call, std::move(fragment)});
}

void EventGuard::closeProse(std::vector<ChatEvent>& out) {
  if (prose_guard_ == nullptr) return;
  passProse(checked(*prose_guard_, prose_guard_->finish()), out);
  prose_guard_.reset();
}

void EventGuard::closeAll(std::vector<ChatEvent>& out) {
  closeProse(out);
  for (auto& [call, guard] : call_guards_) {
    if (refusal_) return;
    passArguments(call, checked(*guard, guard->finish()), out);
  }
  call_guards_.clear();
}

}  // namespace penstock::guard
