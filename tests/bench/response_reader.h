#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "net.h"

namespace penstock::bench {

// Takes one HTTP/1.1 response apart as its bytes arrive: by Content-Length or chunked.
class ResponseReader {
 public:
  enum class State { Head, Body, Done, Broken };

  // Calls body(bytes) for decoded body bytes. Bytes after the response are an error: we never
  // pipeline.
  template <typename Body>
  void feed(std::string_view bytes, Body body) {
    if (state_ == State::Head) bytes = readHead(bytes);
    while (state_ == State::Body && !bytes.empty()) {
      if (chunked_ && left_ == 0) {
        bytes = readChunkLine(bytes);
        continue;
      }
      const std::string_view part = bytes.substr(0, left_);
      left_ -= part.size();
      bytes.remove_prefix(part.size());
      body(part);
      if (left_ == 0 && !chunked_) state_ = State::Done;
    }
    if (!bytes.empty()) state_ = State::Broken;
  }

  State state() const { return state_; }
  int status() const { return status_; }

 private:
  std::string_view readHead(std::string_view bytes) {
    const size_t before = pending_.size();
    pending_ += bytes;
    const size_t end = pending_.find("\r\n\r\n");
    if (end == std::string::npos) return {};
    std::string head = pending_.substr(0, end + 2);
    for (char& c : head) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    pending_.clear();
    status_ = static_cast<int>(numberAfter(head, "http/1.1 ", 0));
    chunked_ = head.find("\r\ntransfer-encoding: chunked") != std::string::npos;
    left_ = chunked_ ? 0 : static_cast<size_t>(numberAfter(head, "\r\ncontent-length:", 0));
    state_ = chunked_ || left_ > 0 ? State::Body : State::Done;
    return bytes.substr(end + 4 - before);
  }

  // Between chunks: the end of the last one, then a size line; after size 0, the closing blank
  // line.
  std::string_view readChunkLine(std::string_view bytes) {
    const size_t end = bytes.find('\n');
    pending_ += bytes.substr(0, end);
    if (end == std::string_view::npos) return {};
    if (pending_ == "\r" && last_chunk_) {
      state_ = State::Done;
    } else if (pending_ != "\r") {
      left_ = std::strtoul(pending_.c_str(), nullptr, 16);
      last_chunk_ = left_ == 0;
    }
    pending_.clear();
    return bytes.substr(end + 1);
  }

  State state_ = State::Head;
  int status_ = 0;
  bool chunked_ = false;
  bool last_chunk_ = false;
  size_t left_ = 0;      // of the body or of this chunk
  std::string pending_;  // an unfinished head or chunk line
};

// Counts the upstream's numbered frames in an event stream and checks that each follows the one
// before.
class FrameCounter {
 public:
  void feed(std::string_view bytes) {
    while (true) {
      const size_t end = bytes.find('\n');
      line_ += bytes.substr(0, end);
      if (end == std::string_view::npos) return;
      onLine();
      line_.clear();
      bytes.remove_prefix(end + 1);
    }
  }

  long frames() const { return frames_; }
  long misplaced() const { return misplaced_; }
  bool complete() const { return done_; }  // [DONE] was seen

 private:
  void onLine() {
    if (line_.starts_with("data: [DONE]")) done_ = true;
    const long number = numberAfter(line_, R"("content":"#)", -1);
    if (number < 0) return;
    if (number != frames_) ++misplaced_;
    ++frames_;
  }

  std::string line_;
  long frames_ = 0;
  long misplaced_ = 0;
  bool done_ = false;
};

}  // namespace penstock::bench
