#include "demo/schema_fill.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_set>

#include "demo/schema_facets.h"
#include "json/writer.h"

namespace penstock::demo {
namespace {

constexpr size_t kMaxDepth = 24;
constexpr size_t kSimpleDepth = 6;  // from here on the simplest branch of anyOf is taken
constexpr size_t kMaxValues = 4'000;
constexpr double kMaxItems = 1'000;
constexpr double kMaxLength = 10'000;

struct Format {
  std::string_view name;
  std::string_view sample;
};
constexpr std::array kFormats{
    Format{"date-time", "2026-01-01T00:00:00Z"},
    Format{"date", "2026-01-01"},
    Format{"time", "00:00:00Z"},
    Format{"duration", "P1D"},
    Format{"email", "demo@example.com"},
    Format{"hostname", "example.com"},
    Format{"ipv4", "192.0.2.1"},
    Format{"ipv6", "2001:db8::1"},
    Format{"uuid", "00000000-0000-4000-8000-000000000000"},
    Format{"uri", "https://example.com/"},
};

// The least number of the range that is friendly: 1 where the range allows it.
double pickNumber(const SchemaFacets& facets, double step) {
  double low = facets.greatest("minimum").value_or(-HUGE_VAL);
  if (const auto above = facets.greatest("exclusiveMinimum")) low = std::max(low, *above + step);
  double high = facets.least("maximum").value_or(HUGE_VAL);
  if (const auto below = facets.least("exclusiveMaximum")) high = std::min(high, *below - step);
  const double multiple = facets.greatest("multipleOf").value_or(0);
  double value = std::clamp(1.0, std::min(low, high), high);
  if (multiple > 0) value = std::ceil(value / multiple) * multiple;
  if (multiple > 0 && value > high) value = std::floor(high / multiple) * multiple;
  return value;
}

// A step that keeps off an exclusive bound without leaving a narrow range.
double stepOf(const SchemaFacets& facets) {
  const auto low = facets.greatest("exclusiveMinimum");
  const auto high = facets.least("exclusiveMaximum");
  const auto top = high ? high : facets.least("maximum");
  const auto bottom = low ? low : facets.greatest("minimum");
  return top && bottom ? std::min(1.0, (*top - *bottom) / 2) : 1.0;
}

class Filler {
 public:
  Filler(json::ValueRef root, std::string& out) : root_(root), writer_(out) {}

  // `variant` tells the elements of a uniqueItems array apart; 0 elsewhere.
  void fill(json::ValueRef schema, std::string_view name, size_t depth, size_t variant);

 private:
  bool fillFixed(const SchemaFacets& facets, size_t variant);
  void fillObject(const SchemaFacets& facets, size_t depth);
  void fillProperty(const SchemaFacets& facets, std::string_view name, size_t depth);
  void fillArray(const SchemaFacets& facets, std::string_view name, size_t depth);
  void fillString(const SchemaFacets& facets, std::string_view name, size_t variant);
  void fillNumber(const SchemaFacets& facets, bool whole, size_t variant);

  const json::ValueRef root_;
  json::Writer writer_;
  size_t values_ = 0;
};

void Filler::fill(json::ValueRef schema, std::string_view name, size_t depth, size_t variant) {
  if (depth > kMaxDepth || ++values_ > kMaxValues) {
    writer_.null();
    return;
  }
  const auto branch =
      depth < kSimpleDepth ? SchemaFacets::Branch::First : SchemaFacets::Branch::Simplest;
  const SchemaFacets facets(root_, schema, branch);
  if (fillFixed(facets, variant)) return;
  const std::string_view type = facets.type();
  if (type == "object") return fillObject(facets, depth);
  if (type == "array") return fillArray(facets, name, depth);
  if (type == "integer") return fillNumber(facets, true, variant);
  if (type == "number") return fillNumber(facets, false, variant);
  if (type == "boolean") {
    writer_.value(variant % 2 == 0);
  } else if (type == "null") {
    writer_.null();
  } else {
    fillString(facets, name, variant);
  }
}

bool Filler::fillFixed(const SchemaFacets& facets, size_t variant) {
  if (const auto fixed = facets.find("const")) {
    writer_.raw(fixed->text());
    return true;
  }
  const auto choices = facets.find("enum");
  if (!choices || choices->size() == 0 || !choices->isArray()) return false;
  writer_.raw(choices->at(variant % choices->size()).text());
  return true;
}

void Filler::fillObject(const SchemaFacets& facets, size_t depth) {
  const auto required = facets.required();
  const std::unordered_set<std::string_view> wanted(required.begin(), required.end());
  const auto properties = facets.properties();
  const auto least =
      static_cast<size_t>(std::clamp(facets.greatest("minProperties").value_or(0), 0.0, kMaxItems));
  size_t count = 0;
  std::unordered_set<std::string_view> declared;
  writer_.beginObject();
  for (const auto& [name, schema] : properties) {
    declared.insert(name);
    const bool spare = required.empty() ? depth < kSimpleDepth : required.size() < least;
    if (!wanted.contains(name) && !spare) continue;
    writer_.key(name);
    fill(schema, name, depth + 1, 0);
    ++count;
  }
  for (const std::string_view name : required) {
    if (declared.contains(name)) continue;
    fillProperty(facets, name, depth);
    ++count;
  }
  for (; count < least; ++count) fillProperty(facets, "extra_" + std::to_string(count), depth);
  writer_.endObject();
}

// A property that no `properties` declares.
void Filler::fillProperty(const SchemaFacets& facets, std::string_view name, size_t depth) {
  writer_.key(name);
  const auto schema = facets.find("additionalProperties");
  if (schema && schema->isObject()) return fill(*schema, name, depth + 1, 0);
  writer_.value("demo " + std::string(name));
}

void Filler::fillArray(const SchemaFacets& facets, std::string_view name, size_t depth) {
  const auto prefix = facets.find("prefixItems");
  const size_t fixed = prefix ? prefix->size() : 0;
  const double least =
      std::max({1.0, static_cast<double>(fixed), facets.greatest("minItems").value_or(0)});
  const double most = std::max(0.0, facets.least("maxItems").value_or(kMaxItems));
  const auto count = static_cast<size_t>(std::min({least, most, kMaxItems}));
  const auto items = facets.find("items");
  writer_.beginArray();
  for (size_t i = 0; i < count && depth < kMaxDepth; ++i) {
    if (i < fixed) {
      fill(prefix->at(i), name, depth + 1, i);
    } else if (items && items->isObject()) {
      fill(*items, name, depth + 1, i);
    } else if (!items || items->asBool() != false) {
      writer_.value("demo " + std::string(name) + " " + std::to_string(i + 1));
    }
  }
  writer_.endArray();
}

void Filler::fillString(const SchemaFacets& facets, std::string_view name, size_t variant) {
  std::string text = name.empty() ? "demo" : "demo " + std::string(name);
  if (variant > 0) text += " " + std::to_string(variant + 1);
  if (const auto format = facets.find("format")) {
    const auto* known = std::find_if(kFormats.begin(), kFormats.end(), [&](const Format& row) {
      return format->asString() == row.name;
    });
    if (known != kFormats.end()) text = known->sample;
  }
  const double least = std::clamp(facets.greatest("minLength").value_or(0), 0.0, kMaxLength);
  if (text.size() < static_cast<size_t>(least)) text.resize(static_cast<size_t>(least), 'x');
  const double most = std::clamp(facets.least("maxLength").value_or(kMaxLength), 0.0, kMaxLength);
  if (text.size() > static_cast<size_t>(most)) text.resize(static_cast<size_t>(most));
  writer_.value(text);
}

void Filler::fillNumber(const SchemaFacets& facets, bool whole, size_t variant) {
  const double step = whole ? 1.0 : stepOf(facets);
  double value = pickNumber(facets, step);
  const double stride = facets.greatest("multipleOf").value_or(step);
  const double next = value + stride * static_cast<double>(variant);
  if (next <= facets.least("maximum").value_or(HUGE_VAL)) value = next;
  if (whole && std::abs(value) < 9e15) {
    writer_.value(static_cast<int64_t>(std::ceil(value)));
  } else {
    writer_.value(value);
  }
}

}  // namespace

std::string fillSchema(json::ValueRef schema, std::string_view name) {
  std::string out;
  Filler(schema, out).fill(schema, name, 0, 0);
  return out;
}

}  // namespace penstock::demo
