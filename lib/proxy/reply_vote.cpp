#include "proxy/reply_vote.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "json/document.h"
#include "json/writer.h"

namespace penstock::proxy {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// The same place in all replies.
struct Place {
  std::vector<json::ValueRef> values;
  std::span<const Ballot> ballots;

  bool all(bool (json::ValueRef::*is)() const) const {
    return std::ranges::all_of(values, [is](const json::ValueRef& v) { return (v.*is)(); });
  }
  bool sameSize() const {
    return std::ranges::all_of(
        values, [this](const json::ValueRef& v) { return v.size() == values[0].size(); });
  }
};

void writeNumber(double number, json::Writer& out) {
  constexpr double kExact = 9e15;
  if (number == std::floor(number) && std::abs(number) < kExact) {
    out.value(static_cast<int64_t>(number));
  } else {
    out.value(number);
  }
}

bool writeMean(const Place& place, json::Writer& out) {
  double sum = 0;
  double weight = 0;
  for (size_t i = 0; i < place.values.size(); ++i) {
    const auto number = place.values[i].asDouble();
    if (!number) return false;
    sum += *number * place.ballots[i].weight;
    weight += place.ballots[i].weight;
  }
  if (weight <= 0) return false;
  writeNumber(sum / weight, out);
  return true;
}

bool writeAverage(const Place& place, json::Writer& out);

bool writeObject(const Place& place, json::Writer& out) {  // NOLINT(misc-no-recursion): bounded
  out.beginObject();
  for (const json::MemberRef member : place.values[0].members()) {
    Place inner{{}, place.ballots};
    for (const json::ValueRef& value : place.values) {
      const auto found = value.find(member.key);
      if (!found) return false;
      inner.values.push_back(*found);
    }
    out.key(member.key);
    if (!writeAverage(inner, out)) return false;
  }
  out.endObject();
  return true;
}

bool writeArray(const Place& place, json::Writer& out) {  // NOLINT(misc-no-recursion): bounded
  out.beginArray();
  for (size_t i = 0; i < place.values[0].size(); ++i) {
    Place inner{{}, place.ballots};
    for (const json::ValueRef& value : place.values) inner.values.push_back(value.at(i));
    if (!writeAverage(inner, out)) return false;
  }
  out.endArray();
  return true;
}

bool writeAverage(const Place& place, json::Writer& out) {  // NOLINT(misc-no-recursion): bounded
  if (place.all(&json::ValueRef::isObject)) return place.sameSize() && writeObject(place, out);
  if (place.all(&json::ValueRef::isArray)) return place.sameSize() && writeArray(place, out);
  return writeMean(place, out);
}

}  // namespace

std::string normalised(const ReplyText& reply) {
  const std::string_view text = trimmed(reply.text);
  std::string normal = canonicalJson(text).value_or(asciiLower(text));
  if (!reply.tool_calls.empty()) normal += "\n" + reply.tool_calls;
  return normal;
}

Vote countVotes(std::span<const Ballot> ballots) {
  std::vector<std::string> normal;
  normal.reserve(ballots.size());
  for (const Ballot& ballot : ballots) normal.push_back(normalised(ballot.reply));
  Vote best;
  double most = -1;
  for (size_t i = 0; i < ballots.size(); ++i) {
    double weight = 0;
    size_t agreed = 0;
    for (size_t k = 0; k < ballots.size(); ++k) {
      if (normal[k] != normal[i]) continue;
      weight += ballots[k].weight;
      ++agreed;
    }
    if (weight <= most) continue;
    most = weight;
    best = {i, agreed};
  }
  return best;
}

std::optional<std::string> averageOf(std::span<const Ballot> ballots) {
  std::vector<json::Document> documents;
  Place place{{}, ballots};
  for (const Ballot& ballot : ballots) {
    auto document = json::parse(trimmed(ballot.reply.text));
    if (!document || document->root().isArray()) return std::nullopt;
    documents.push_back(*std::move(document));
    place.values.push_back(documents.back().root());
  }
  std::string text;
  json::Writer out(text);
  if (place.values.empty() || !writeAverage(place, out)) return std::nullopt;
  return text;
}

}  // namespace penstock::proxy
