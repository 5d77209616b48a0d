#include "metrics/registry.h"

#include <algorithm>

#include <fmt/format.h>

namespace penstock::metrics {
namespace {

std::string escape(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == '\\' || c == '"') out.push_back('\\');
    if (c == '\n') {
      out += "\\n";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

// {a="x",b="y"}, or nothing.
std::string render(const Labels& labels) {
  std::string out;
  for (const auto& [name, value] : labels) {
    out += fmt::format("{}{}=\"{}\"", out.empty() ? "" : ",", name, escape(value));
  }
  return out;
}

std::string braces(const std::string& labels) { return labels.empty() ? "" : "{" + labels + "}"; }

void appendHeader(std::string& out, std::string_view name, std::string_view help,
                  std::string_view type) {
  out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

}  // namespace

void Histogram::observeMicros(int64_t micros) {
  const double seconds = static_cast<double>(std::max<int64_t>(micros, 0)) / 1e6;
  const auto bucket = std::lower_bound(kBounds.begin(), kBounds.end(), seconds) - kBounds.begin();
  buckets_[static_cast<size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  sum_micros_.fetch_add(static_cast<uint64_t>(std::max<int64_t>(micros, 0)),
                        std::memory_order_relaxed);
}

template <typename T>
T& Registry::find(std::map<std::string, Family<T>, std::less<>>& families, std::deque<T>& storage,
                  std::string_view name, std::string_view help, const Labels& labels) {
  std::lock_guard lock(mutex_);
  auto family = families.find(name);
  if (family == families.end()) {
    family = families.emplace(std::string(name), Family<T>{std::string(help), {}}).first;
  }
  auto& series = family->second.series;
  std::string key = render(labels);
  if (series.size() >= kMaxSeries && !series.contains(key)) {
    Labels other = labels;
    for (auto& label : other) label.second = "other";
    key = render(other);
  }
  T*& slot = series[key];
  if (slot == nullptr) slot = &storage.emplace_back();
  return *slot;
}

Counter& Registry::counter(std::string_view name, std::string_view help, const Labels& labels) {
  return find(counters_, counter_storage_, name, help, labels);
}

Histogram& Registry::histogram(std::string_view name, std::string_view help, const Labels& labels) {
  return find(histograms_, histogram_storage_, name, help, labels);
}

void Registry::gauge(std::string_view name, std::string_view help, std::function<double()> read) {
  gauges(name, help, [read = std::move(read)] { return Readings{{Labels(), read()}}; });
}

void Registry::gauges(std::string_view name, std::string_view help,
                      std::function<Readings()> read) {
  std::lock_guard lock(mutex_);
  gauges_[std::string(name)] = {std::string(help), std::move(read)};
}

std::string Registry::exposition() const {
  std::lock_guard lock(mutex_);
  std::string out;
  for (const auto& [name, family] : counters_) {
    appendHeader(out, name, family.help, "counter");
    for (const auto& [labels, counter] : family.series) {
      out += fmt::format("{}{} {}\n", name, braces(labels), counter->value());
    }
  }
  for (const auto& [name, gauge] : gauges_) {
    appendHeader(out, name, gauge.first, "gauge");
    size_t series = 0;
    for (const auto& [labels, value] : gauge.second()) {
      if (++series > kMaxSeries) break;
      out += fmt::format("{}{} {}\n", name, braces(render(labels)), value);
    }
  }
  for (const auto& [name, family] : histograms_) {
    appendHeader(out, name, family.help, "histogram");
    for (const auto& [labels, histogram] : family.series) {
      const std::string prefix = labels.empty() ? "" : labels + ",";
      uint64_t total = 0;
      for (size_t i = 0; i < Histogram::kBounds.size(); ++i) {
        total += histogram->buckets_[i].load(std::memory_order_relaxed);
        out += fmt::format("{}_bucket{{{}le=\"{}\"}} {}\n", name, prefix, Histogram::kBounds[i],
                           total);
      }
      total += histogram->buckets_.back().load(std::memory_order_relaxed);
      out += fmt::format("{}_bucket{{{}le=\"+Inf\"}} {}\n", name, prefix, total);
      out += fmt::format(
          "{}_sum{} {}\n", name, braces(labels),
          static_cast<double>(histogram->sum_micros_.load(std::memory_order_relaxed)) / 1e6);
      out += fmt::format("{}_count{} {}\n", name, braces(labels), total);
    }
  }
  return out;
}

}  // namespace penstock::metrics
