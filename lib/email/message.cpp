#include "email/message.h"

#include "base/email_address.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>

#include "base/base64.h"
#include "base/text.h"

namespace penstock::email {
namespace {

constexpr size_t kMaxLine = 900;  // RFC 5321 allows 998

bool isControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
bool isPlain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return !isControl(c) && (c & 0x80) == 0; });
}

// A header's text in one line: what could end it is a space.
std::string oneLine(std::string_view text) {
  std::string line(text);
  std::ranges::replace_if(line, isControl, ' ');
  return line;
}

// Encoded words of at most 75 characters (RFC 2047), cut between characters.
std::string headerText(std::string_view given) {
  constexpr size_t kBytes = 42;
  std::string text = oneLine(given);
  if (isPlain(text) && text.size() < kMaxLine) return text;
  std::string out;
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(at + kBytes, text.size());
    while (end < text.size() && end > at + 1 && (text[end] & 0xC0) == 0x80) --end;
    out += (out.empty() ? "=?utf-8?B?" : "\r\n =?utf-8?B?") +
           encodeBase64(text.substr(at, end - at)) + "?=";
    at = end;
  }
  return out;
}

// "Fri, 01 May 2026 00:00:00 +0000"
std::string dateText(UnixMillis time) {
  constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = time / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d +0000",
                                 kDays.at(static_cast<size_t>(utc.tm_wday)), utc.tm_mday,
                                 kMonths.at(static_cast<size_t>(utc.tm_mon)), utc.tm_year + 1900,
                                 utc.tm_hour, utc.tm_min, utc.tm_sec);
  return {text.data(), static_cast<size_t>(std::max(size, 0))};
}

bool isPlainBody(std::string_view body) {
  bool plain = true;
  split(body, '\n',
        [&](std::string_view line) { plain = plain && isPlain(line) && line.size() < kMaxLine; });
  return plain;
}

std::string withCrLf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

std::string base64Lines(std::string_view bytes) {
  constexpr size_t kColumns = 76;
  const std::string text = encodeBase64(bytes);
  std::string out;
  for (size_t at = 0; at < text.size(); at += kColumns) out += text.substr(at, kColumns) + "\r\n";
  return out;
}

}  // namespace

std::string addressOf(std::string_view mailbox) {
  const size_t open = mailbox.find('<');
  std::string_view address = mailbox;
  if (open != std::string_view::npos) {
    if (!mailbox.ends_with('>')) return {};
    address = mailbox.substr(open + 1, mailbox.size() - open - 2);
  }
  const bool good = isEmailAddress(address) && isPlain(mailbox);
  return good ? std::string(address) : std::string();
}

Result<std::string> compose(const model::Email& email, std::string_view from, UnixMillis now) {
  const std::string sender = addressOf(from);
  const std::string recipient = addressOf(email.recipient);
  if (sender.empty() || recipient.empty()) {
    return invalidRequest("invalid_address", "not an e-mail address");
  }
  const bool plain = isPlainBody(email.body);
  std::string text = "Date: " + dateText(now) + "\r\nFrom: " + std::string(from) +
                     "\r\nTo: " + recipient + "\r\nSubject: " + headerText(email.subject) +
                     "\r\nMessage-ID: <" + oneLine(email.id) + sender.substr(sender.find('@')) +
                     ">\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n" +
                     "Content-Transfer-Encoding: " + (plain ? "7bit" : "base64") +
                     "\r\nAuto-Submitted: auto-generated\r\n\r\n";
  text += plain ? withCrLf(email.body) : base64Lines(email.body);
  if (!text.ends_with("\r\n")) text += "\r\n";
  return text;
}

std::string stuffed(std::string_view message) {
  std::string out;
  bool at_line_start = true;
  for (const char c : message) {
    if (at_line_start && c == '.') out += '.';
    out += c;
    at_line_start = c == '\n';
  }
  return out + ".\r\n";
}

}  // namespace penstock::email
