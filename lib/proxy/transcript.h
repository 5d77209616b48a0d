#pragma once

#include <string>
#include <string_view>

namespace penstock::proxy {

// A transcription's answer as guardrails are shown it: JSON, whether it is JSON, subtitles or plain
// text.
class Transcript {
 public:
  explicit Transcript(std::string_view answer);

  std::string asJson() const;
  // The answer that checked JSON stands for. Where it was changed, a list of its tokens
  // ("logprobs"), which would tell what was taken out, is left out.
  std::string fromJson(std::string checked) const;

 private:
  std::string answer_;
  bool is_json_;
};

}  // namespace penstock::proxy
