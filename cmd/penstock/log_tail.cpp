// penstock logs tail: live traffic, an aligned line a request.
#include "log_tail.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <optional>

#include <fmt/format.h>

#include "colour.h"

namespace penstock::cli {
namespace {

enum class Align : uint8_t { Left, Right };

struct Cell {
  const char* title;
  Align align;
  size_t width;  // at least; lines cannot be measured before they come
};
constexpr std::array kCells = {Cell{"TIME", Align::Left, 12},   Cell{"STATUS", Align::Left, 6},
                               Cell{"MODEL", Align::Left, 24},  Cell{"PROVIDER", Align::Left, 10},
                               Cell{"MS", Align::Right, 9},     Cell{"TTFT", Align::Right, 9},
                               Cell{"IN", Align::Right, 7},     Cell{"OUT", Align::Right, 6},
                               Cell{"USD", Align::Right, 10},   Cell{"ERROR", Align::Left, 24},
                               Cell{"REQUEST", Align::Left, 36}};
constexpr size_t kStatus = 1;
using Texts = std::array<std::string, kCells.size()>;

std::string textAt(json::ValueRef row, const char* name) {
  const auto text = row.stringAt(name);
  return text && !text->empty() ? printable(*text) : "-";
}

std::string numberAt(json::ValueRef row, const char* name, int decimals) {
  const auto value = row.find(name);
  const auto number = value ? value->asDouble() : std::nullopt;
  return number ? fmt::format("{:.{}f}", *number, decimals) : "-";
}

// "2026-05-01T12:30:00.250Z" → "12:30:00.250": of UTC, as everywhere in the API.
std::string clockOf(std::string time) {
  const size_t day = time.find('T');
  if (day == std::string::npos) return time;
  return time.substr(day + 1, time.find('Z') - day - 1);
}

Texts textsOf(json::ValueRef row) {
  constexpr int kMillisDecimals = 1;
  constexpr int kUsdDecimals = 7;
  const std::string served = textAt(row, "model");
  return {clockOf(textAt(row, "created_at")),
          numberAt(row, "status", 0),
          served == "-" ? textAt(row, "requested_model") : served,
          textAt(row, "provider"),
          numberAt(row, "latency_ms", kMillisDecimals),
          numberAt(row, "ttft_ms", kMillisDecimals),
          numberAt(row, "input_tokens", 0),
          numberAt(row, "output_tokens", 0),
          numberAt(row, "total_cost_usd", kUsdDecimals),
          textAt(row, "error_class"),
          textAt(row, "request_id")};
}

const char* inkOf(const std::string& status) {
  if (status.starts_with('2')) return kGreen;
  return status.starts_with('4') ? kYellow : kRed;
}

// Columns that grow when something wider comes, and stay so.
class Lines {
 public:
  explicit Lines(Colour colour) : colour_(colour) {
    for (size_t i = 0; i < kCells.size(); ++i) widths_[i] = kCells[i].width;
  }

  std::string head() {
    Texts titles;
    for (size_t i = 0; i < kCells.size(); ++i) titles[i] = kCells[i].title;
    return painted(line(titles, nullptr), kGrey, colour_) + "\n";
  }
  std::string row(json::ValueRef row) {
    const Texts texts = textsOf(row);
    return line(texts, inkOf(texts[kStatus])) + "\n";
  }

 private:
  std::string line(const Texts& texts, const char* status_ink) {
    std::string out;
    for (size_t i = 0; i < kCells.size(); ++i) {
      widths_[i] = std::max(widths_[i], widthOf(texts[i]));
      const std::string padding(widths_[i] - widthOf(texts[i]), ' ');
      const bool paint = i == kStatus && status_ink != nullptr;
      const std::string text = paint ? painted(texts[i], status_ink, colour_) : texts[i];
      out += kCells[i].align == Align::Right ? padding + text : text + padding;
      out += "  ";
    }
    while (out.ends_with(' ')) out.pop_back();
    return out;
  }

  const Colour colour_;
  std::array<size_t, kCells.size()> widths_{};
};

// What the events of one stream come to.
class Tail {
 public:
  explicit Tail(bool json) : json_(json), lines_(colourOf(STDOUT_FILENO)) {}

  // False when no more can be written.
  bool take(const http::SseEvent& event) {
    if (!json_ && !std::exchange(begun_, true)) std::cout << lines_.head();
    if (event.name == "end") {
      reason_ = member(event, "reason");
    } else if (event.name == "dropped") {
      std::cerr << "penstock: " << member(event, "count")
                << " requests are not shown: the output is too slow for them\n";
    } else if (!event.data.empty()) {
      print(event.data);
    }
    return static_cast<bool>(std::cout.flush());
  }

  Outcome<Unit> outcome() const {
    if (!std::cout || reason_ == "time_over") return Unit{};
    if (reason_ == "access_changed") {
      return Failure{kRefused, "the management key may not follow any more"};
    }
    if (reason_ == "draining") return Failure{kUnreachable, "the gateway is stopping"};
    return Failure{kUnreachable, "the stream ended before its time"};
  }

 private:
  static std::string member(const http::SseEvent& event, const char* name) {
    const auto document = json::parse(event.data);
    const auto value = document ? document->root().find(name) : std::nullopt;
    if (!value) return {};
    return printable(value->isString() ? *value->asString() : value->text());
  }
  void print(std::string_view data) {
    if (json_) {
      std::cout << data << "\n";
    } else if (const auto document = json::parse(data)) {
      std::cout << lines_.row(document->root());
    }
  }

  const bool json_;
  Lines lines_;
  bool begun_ = false;
  std::string reason_;
};

}  // namespace

Outcome<Unit> tailLogs(const Session& session, const std::string& path) {
  Tail tail(session.json());
  auto followed =
      session.follow(path, [&](const http::SseEvent& event) { return tail.take(event); });
  if (!followed) return followed;
  return tail.outcome();
}

}  // namespace penstock::cli
