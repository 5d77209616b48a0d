#include "manage/json_diff.h"

#include <algorithm>

#include "json/document.h"

namespace penstock::manage {
namespace {

// RFC 6901.
std::string escaped(std::string_view key) {
  std::string out;
  for (const char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

void diff(json::ValueRef before, json::ValueRef after, const std::string& path,
          std::vector<JsonChange>& changes);

void diffObjects(json::ValueRef before, json::ValueRef after, const std::string& path,
                 std::vector<JsonChange>& changes) {
  for (const auto& [key, value] : before.members()) {
    const std::string place = path + "/" + escaped(key);
    if (const auto other = after.find(key)) {
      diff(value, *other, place, changes);
    } else {
      changes.push_back({place, value.text(), std::nullopt});
    }
  }
  for (const auto& [key, value] : after.members()) {
    if (!before.find(key)) {
      changes.push_back({path + "/" + escaped(key), std::nullopt, value.text()});
    }
  }
}

void diffArrays(json::ValueRef before, json::ValueRef after, const std::string& path,
                std::vector<JsonChange>& changes) {
  for (size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
    const std::string place = path + "/" + std::to_string(i);
    if (i >= after.size()) {
      changes.push_back({place, before.at(i).text(), std::nullopt});
    } else if (i >= before.size()) {
      changes.push_back({place, std::nullopt, after.at(i).text()});
    } else {
      diff(before.at(i), after.at(i), place, changes);
    }
  }
}

void diff(json::ValueRef before, json::ValueRef after, const std::string& path,
          std::vector<JsonChange>& changes) {
  if (before.isObject() && after.isObject()) return diffObjects(before, after, path, changes);
  if (before.isArray() && after.isArray()) return diffArrays(before, after, path, changes);
  std::string from = before.text();
  std::string to = after.text();
  if (from != to) changes.push_back({path, std::move(from), std::move(to)});
}

std::string_view opOf(const JsonChange& change) {
  if (!change.before) return "add";
  return change.after ? "replace" : "remove";
}

}  // namespace

std::vector<JsonChange> diffJson(json::ValueRef before, json::ValueRef after) {
  std::vector<JsonChange> changes;
  diff(before, after, "", changes);
  return changes;
}

std::vector<JsonChange> diffJson(std::string_view before, std::string_view after) {
  const auto from = json::parse(before);
  const auto to = json::parse(after);
  return diffJson(from.value().root(), to.value().root());
}

void writeChanges(json::Writer& out, const std::vector<JsonChange>& changes) {
  out.beginArray();
  for (const JsonChange& change : changes) {
    out.beginObject().field("op", opOf(change)).field("path", change.path);
    if (change.before) out.rawField("before", *change.before);
    if (change.after) out.rawField("after", *change.after);
    out.endObject();
  }
  out.endArray();
}

}  // namespace penstock::manage
