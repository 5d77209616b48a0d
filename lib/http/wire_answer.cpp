#include "http/wire_answer.h"

#include <array>
#include <charconv>
#include <ctime>
#include <string>

#include "http/connection.h"

namespace penstock::http {
namespace {

// "Date: …\r\n", formatted once a second and thread.
std::string_view dateHeader() {
  static thread_local std::time_t formatted_at = 0;
  static thread_local std::array<char, 64> text{};
  static thread_local size_t size = 0;
  const std::time_t now = std::time(nullptr);
  if (now != formatted_at) {
    std::tm utc{};
    gmtime_r(&now, &utc);
    size = std::strftime(text.data(), text.size(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &utc);
    formatted_at = now;
  }
  return {text.data(), size};
}

void appendStatusLine(std::string& out, const Response& response) {
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  out.append(reasonPhrase(response.status)).append("\r\n").append(dateHeader());
  if (!response.content_type.empty() && !breaksHead(response.content_type))
    out.append("Content-Type: ").append(response.content_type).append("\r\n");
  out.append(response.headers.lines());
}

}  // namespace

void WireAnswer::expect(Asked asked) {
  head_only_ = asked.head_only;
  http10_ = asked.http10;
  keep_alive_ = asked.keep_alive;
  started_ = chunked_ = false;
}

void WireAnswer::whole(const Response& answer) {
  keep_alive_ = keep_alive_ && !connection_.closeAfterAnswer();
  static thread_local std::string head;
  head.clear();
  appendStatusLine(head, answer);
  if (answer.status != 204 && answer.status != 304) {
    head.append("Content-Length: ").append(std::to_string(answer.body.size())).append("\r\n");
  }
  if (!keep_alive_)
    head.append("Connection: close\r\n");
  else if (http10_)
    head.append("Connection: keep-alive\r\n");
  head.append("\r\n");
  connection_.send(head, head_only_ ? std::string_view() : std::string_view(answer.body));
  connection_.exchangeFinished(keep_alive_);
}

void WireAnswer::head(const Response& answer) {
  started_ = true;
  chunked_ = !http10_;
  keep_alive_ = keep_alive_ && chunked_ && !connection_.closeAfterAnswer();
  static thread_local std::string head;
  head.clear();
  appendStatusLine(head, answer);
  if (chunked_) head.append("Transfer-Encoding: chunked\r\n");
  if (!keep_alive_) head.append("Connection: close\r\n");
  head.append("\r\n");
  connection_.send(head);
}

void WireAnswer::bytes(std::string_view bytes) {
  if (head_only_) return;
  if (!chunked_) return connection_.send(bytes);
  std::array<char, 20> size{};
  char* end = std::to_chars(size.data(), size.data() + 16, bytes.size(), 16).ptr;
  *end++ = '\r';
  *end++ = '\n';
  connection_.send({size.data(), static_cast<size_t>(end - size.data())}, bytes, "\r\n");
}

void WireAnswer::end() {
  if (chunked_ && !head_only_) connection_.send("0\r\n\r\n");
  connection_.exchangeFinished(keep_alive_);
}

void WireAnswer::cut() {
  // Where the end of the connection is the end of the answer, only a reset shows that it was cut.
  if (started_ && !chunked_) connection_.resetOnClose();
  connection_.close();
}

size_t WireAnswer::pendingBytes() const { return connection_.pendingBytes(); }

void WireAnswer::requestReleased() { connection_.releaseBuffered(); }

}  // namespace penstock::http
