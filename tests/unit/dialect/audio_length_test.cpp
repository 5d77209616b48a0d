#include "dialect/audio_length.h"

#include <doctest/doctest.h>

#include <string>

#include "unit/dialect/media_samples.h"

using namespace penstock;
using namespace penstock::dialect;
using penstock::test::number;
using penstock::test::wav;

namespace {

// STREAMINFO of 44,100 samples a second, then what else the file has.
std::string flac(uint64_t samples, size_t rest) {
  std::string info(10, '\0');
  const uint64_t packed = uint64_t{44'100} << 44 | uint64_t{15} << 36 | samples;
  for (int shift = 56; shift >= 0; shift -= 8) info += static_cast<char>(packed >> shift & 0xFFU);
  return "fLaC" + std::string("\0\0\0\x22", 4) + info + std::string(16 + rest, '\1');
}

}  // namespace

TEST_SUITE("dialect/audio_length") {
  TEST_CASE("WAV says its length") {
    CHECK(audioMillis(wav(32'000)) == 2'000);
    CHECK(audioMillis(wav(1)) == 1);  // rounded up
    CHECK(boundAudioMillis(wav(32'000)) == 2'000);
    CHECK(estimateAudioMillis(wav(32'000)) == 2'000);
  }

  TEST_CASE("a WAV file that was written to a pipe ends where it ends") {
    std::string piped = wav(16'000);
    piped.replace(40, 4, number(0xFFFFFFFF, 4));
    CHECK(audioMillis(piped) == 1'000);
  }

  TEST_CASE("chunks before the sound are passed over") {
    const std::string plain = wav(16'000);
    const std::string listed =
        plain.substr(0, 36) + "LIST" + number(3, 4) + "abc" + '\0' + plain.substr(36);
    CHECK(audioMillis(listed) == 1'000);
  }

  TEST_CASE("a head that lies does not lower the bound") {
    CHECK(boundAudioMillis(wav(32'000, 1'000'000)) == 2'000);  // by its samples
    std::string shortened = wav(32'000);
    shortened.replace(40, 4, number(16, 4));
    CHECK(audioMillis(shortened) == 1);
    CHECK(boundAudioMillis(shortened) == 2'000);
    CHECK(boundAudioMillis(flac(1, 75'000)) >= 100'000);
    CHECK(boundAudioMillis(wav(32'000, 0)) > 40'000);  // no rate: as any file
  }

  TEST_CASE("FLAC says its samples") {
    CHECK(audioMillis(flac(88'200, 0)) == 2'000);
    CHECK_FALSE(audioMillis(flac(0, 0)));
    CHECK(boundAudioMillis(flac(44'100 * 60, 0)) == 60'000);
  }

  TEST_CASE("other files go by their size") {
    const std::string mp3 = "ID3" + std::string(1'497, 'x');
    CHECK_FALSE(audioMillis(mp3));
    CHECK(boundAudioMillis(mp3) == 2'000);
    CHECK(estimateAudioMillis(mp3) == 750);
    CHECK(boundAudioMillis("") == 0);
  }

  TEST_CASE("heads that are cut anywhere are no heads") {
    for (const std::string& whole : {wav(4), flac(44'100, 0)}) {
      for (size_t size = 0; size < whole.size(); ++size) {
        const std::string cut = whole.substr(0, size);
        CHECK(boundAudioMillis(cut) >= 0);
        CHECK(estimateAudioMillis(cut) <= boundAudioMillis(cut));
      }
    }
  }
}
