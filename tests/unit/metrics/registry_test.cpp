#include "metrics/registry.h"

#include <doctest/doctest.h>

#include <string>

using namespace penstock::metrics;

TEST_SUITE("metrics/registry") {
  TEST_CASE("the exposition has help, type, escaped labels and cumulative buckets") {
    Registry registry;
    registry.counter("c_total", "Things.", {{"path", "a\"b\\c\nd"}}).add(3);
    registry.gauge("g", "Now.", [] { return 1.5; });
    registry.histogram("h_seconds", "Time.").observeMicros(300);
    registry.histogram("h_seconds", "Time.").observeMicros(1'000'000'000);
    const std::string text = registry.exposition();
    CHECK(text.find("# HELP c_total Things.\n# TYPE c_total "
                    "counter\nc_total{path=\"a\\\"b\\\\c\\nd\"} 3\n") != std::string::npos);
    CHECK(text.find("g 1.5\n") != std::string::npos);
    CHECK(text.find("h_seconds_bucket{le=\"0.00025\"} 0\n") != std::string::npos);
    CHECK(text.find("h_seconds_bucket{le=\"0.0005\"} 1\n") != std::string::npos);
    CHECK(text.find("h_seconds_bucket{le=\"+Inf\"} 2\n") != std::string::npos);
    CHECK(text.find("h_seconds_count 2\n") != std::string::npos);
  }

  TEST_CASE("a gauge of several series is read when scraped, up to a bound") {
    Registry registry;
    size_t count = 2;
    registry.gauges("g", "Now.", [&count] {
      Registry::Readings readings;
      for (size_t i = 0; i < count; ++i)
        readings.push_back({{{"i", std::to_string(i)}}, 2.0 * static_cast<double>(i)});
      return readings;
    });
    CHECK(registry.exposition() == "# HELP g Now.\n# TYPE g gauge\ng{i=\"0\"} 0\ng{i=\"1\"} 2\n");
    count = Registry::kMaxSeries + 5;
    const std::string text = registry.exposition();
    CHECK(text.find("g{i=\"999\"} 1998\n") != std::string::npos);
    CHECK(text.find("g{i=\"1000\"}") == std::string::npos);
  }

  TEST_CASE("labels that callers make up cannot grow memory") {
    Registry registry;
    for (size_t i = 0; i < 2 * Registry::kMaxSeries; ++i) {
      registry.counter("c_total", "Things.", {{"model", std::to_string(i)}}).add();
    }
    const std::string text = registry.exposition();
    CHECK(text.find("c_total{model=\"other\"} " + std::to_string(Registry::kMaxSeries)) !=
          std::string::npos);
  }
}
