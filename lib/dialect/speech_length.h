#pragma once

#include <cstdint>
#include <string_view>

namespace penstock::dialect {

// How much a text is to speak: what speech is paid by where the provider does not say.
//
// The estimate of its length is made so that it is not less than what is owed: 10 characters a
// second (English is spoken at about 15), 4 ideographs, 2 digits. A second of sound is 20 tokens,
// as OpenAI's speech models count.
class SpeechLength {
 public:
  explicit SpeechLength(std::string_view text);

  int64_t characters() const { return characters_; }  // code points
  // Of sound, at this speed (1: normal; not 0).
  int64_t tokens(double speed) const;
  // More than it can be: half a second a character.
  static int64_t mostTokens(int64_t characters, double speed);

 private:
  int64_t characters_ = 0;
  int64_t tokens_ = 0;
};

}  // namespace penstock::dialect
