#include "http/exchange.h"

#include <array>
#include <charconv>
#include <ctime>

#include "http/connection.h"
#include "http/loop.h"

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

void appendHeader(std::string& out, std::string_view name, std::string_view value) {
  if (breaksHead(name) || breaksHead(value))
    return;  // a value from elsewhere must not become a header of ours
  out.append(name).append(": ").append(value).append("\r\n");
}

void appendStatusLine(std::string& out, const Response& response) {
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  out.append(reasonPhrase(response.status)).append("\r\n").append(dateHeader());
  if (!response.content_type.empty()) appendHeader(out, "Content-Type", response.content_type);
  for (const auto& [name, value] : response.headers) appendHeader(out, name, value);
}

}  // namespace

ExchangePtr Exchange::create(Loop& loop) {
  // Whoever drops the last reference, it dies (and perhaps answers) on its own loop.
  return {new Exchange(loop), [](Exchange* exchange) {
            auto mine = std::unique_ptr<Exchange>(exchange);
            Loop& home = mine->loop_;
            if (!home.running() || home.onLoopThread()) return;
            home.post([last = std::shared_ptr<Exchange>(std::move(mine))] {});
          }};
}

Exchange::~Exchange() {
  if (finished_ || connection_ == nullptr) return;
  if (started_) {
    abort();
    return;
  }
  respond({500, "text/plain", "internal error\n", {}});
}

void Exchange::respond(const Response& response) {
  if (connection_ == nullptr || started_) return;
  started_ = true;
  keep_alive_ = keep_alive_ && !connection_->closeAfterAnswer();
  static thread_local std::string head;
  head.clear();
  appendStatusLine(head, response);
  if (response.status != 204 && response.status != 304) {
    head.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
  }
  if (!keep_alive_)
    head.append("Connection: close\r\n");
  else if (http10_)
    head.append("Connection: keep-alive\r\n");
  head.append("\r\n");
  connection_->send(head, head_only_ ? std::string_view() : std::string_view(response.body));
  done();
}

void Exchange::start(const Response& response) {
  if (connection_ == nullptr || started_) return;
  started_ = true;
  chunked_ = !http10_;
  keep_alive_ = keep_alive_ && chunked_ && !connection_->closeAfterAnswer();
  static thread_local std::string head;
  head.clear();
  appendStatusLine(head, response);
  if (chunked_) head.append("Transfer-Encoding: chunked\r\n");
  if (!keep_alive_) head.append("Connection: close\r\n");
  head.append("\r\n");
  connection_->send(head);
}

void Exchange::write(std::string_view bytes) {
  if (connection_ == nullptr || finished_ || head_only_ || bytes.empty()) return;
  if (!chunked_) return connection_->send(bytes);
  std::array<char, 20> size{};
  char* end = std::to_chars(size.data(), size.data() + 16, bytes.size(), 16).ptr;
  *end++ = '\r';
  *end++ = '\n';
  connection_->send({size.data(), static_cast<size_t>(end - size.data())}, bytes, "\r\n");
}

void Exchange::finish() {
  if (connection_ == nullptr || finished_) return;
  if (chunked_ && !head_only_) connection_->send("0\r\n\r\n");
  done();
}

void Exchange::abort() {
  if (connection_ == nullptr || finished_) return;
  finished_ = true;
  const auto on_gone = std::exchange(on_gone_, nullptr);
  const auto on_drained = std::exchange(on_drained_, nullptr);
  // Where the end of the connection is the end of the answer, only a reset shows that it was cut.
  if (started_ && !chunked_) connection_->resetOnClose();
  connection_->close();
}

size_t Exchange::pendingBytes() const {
  return connection_ == nullptr ? 0 : connection_->pendingBytes();
}

void Exchange::releaseRequest() {
  std::string().swap(bytes_);
  spool_.reset();
  request_ = Request{};
  request_.peer = peer_;
  if (connection_ != nullptr) connection_->releaseBuffered();
}

// The answer is complete. The callbacks go with it: they often hold this very exchange. Nothing may
// be touched after them.
void Exchange::done() {
  finished_ = true;
  const auto on_gone = std::exchange(on_gone_, nullptr);
  const auto on_drained = std::exchange(on_drained_, nullptr);
  std::exchange(connection_, nullptr)->exchangeFinished(keep_alive_);
}

// A copy is called, for the callback may finish the answer, which drops the original.
void Exchange::drained() {
  if (const auto callback = on_drained_) callback();
}

void Exchange::detach() {
  connection_ = nullptr;
  on_drained_ = nullptr;
  if (on_gone_) std::exchange(on_gone_, nullptr)();
}

}  // namespace penstock::http
