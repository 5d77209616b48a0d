#include "pricing/match.h"

namespace penstock::pricing {
namespace {

// Takes off and answers what stands before the separator.
std::string_view nextPart(std::string_view& text, char separator) {
  const size_t at = text.find(separator);
  const std::string_view part = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return part;
}

bool startsWithTemplate(std::string_view name, std::string_view shape) {
  if (name.size() < shape.size()) return false;
  for (size_t i = 0; i < shape.size(); ++i) {
    const bool digit = name[i] >= '0' && name[i] <= '9';
    if (shape[i] == '#' ? !digit : shape[i] != name[i]) return false;
  }
  return true;
}

// Names of a family differ at the end of what is asked for, so that is looked at first.
bool startsWith(std::string_view name, std::string_view text) {
  if (text.empty()) return true;
  return name.size() >= text.size() && name[text.size() - 1] == text.back() &&
         name.starts_with(text);
}

bool hasSegment(std::string_view name, std::string_view segment) {
  for (size_t at = name.find(segment); at != std::string_view::npos;
       at = name.find(segment, at + 1)) {
    const size_t end = at + segment.size();
    if (end == name.size() || name[end] == '-') return true;
  }
  return false;
}

}  // namespace

NameRule::NameRule(std::string_view rule) {
  while (!rule.empty()) {
    std::string_view alternative = nextPart(rule, '|');
    while (!alternative.empty()) {
      const std::string_view atom = nextPart(alternative, '&');
      if (atom.empty())
        atoms_.push_back({});
      else
        atoms_.push_back({atom.front(), false, atom.substr(1)});
      atoms_.back().last = alternative.empty();
    }
  }
}

bool NameRule::Atom::matches(std::string_view name) const {
  switch (kind) {
    case '=': return name == text;
    case '^': return startsWith(name, text);
    case '$': return name.ends_with(text);
    case '*': return name.find(text) != std::string_view::npos;
    case '#': return name.size() == text.size() && startsWithTemplate(name, text);
    case '%': return startsWithTemplate(name, text);
    case '!': return !hasSegment(name, text);
    default: return false;
  }
}

bool NameRule::matches(std::string_view name) const {
  bool all = true;
  for (const Atom& atom : atoms_) {
    all = all && atom.matches(name);
    if (!atom.last) continue;
    if (all) return true;
    all = true;
  }
  return false;
}

bool matchesHost(std::string_view rule, std::string_view location) {
  const size_t slash = rule.find('/');
  const std::string_view host = location.substr(0, location.find('/'));
  std::string_view wanted = rule.substr(0, slash);
  const size_t star = wanted.find('*');
  const std::string_view head = wanted.substr(0, star);
  if (star == std::string_view::npos) {
    if (host != head) return false;
  } else {
    const std::string_view tail = wanted.substr(star + 1);
    if (host.size() <= head.size() + tail.size()) return false;
    if (!host.starts_with(head) || !host.ends_with(tail)) return false;
  }
  if (slash == std::string_view::npos) return true;
  const std::string_view path = rule.substr(slash);
  const std::string_view rest = location.substr(host.size());
  if (!rest.starts_with(path)) return false;
  return rest.size() == path.size() || path.back() == '/' || rest[path.size()] == '/';
}

}  // namespace penstock::pricing
