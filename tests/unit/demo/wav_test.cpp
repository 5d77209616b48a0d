#include "demo/wav.h"

#include <doctest/doctest.h>

using namespace penstock::demo;

TEST_SUITE("demo/wav") {
  TEST_CASE("a byte sounds for 50 ms, a space is silent") {
    const std::string sound = speakPcm("a b");
    CHECK(sound.size() == 3 * 800);
    CHECK(sound.substr(800, 800) == std::string(800, '\0'));
    CHECK(sound.substr(0, 800) != sound.substr(1600));
    CHECK(sound == speakPcm("a b"));
  }

  TEST_CASE("a file says how long it is") {
    const std::string sound = speakPcm("hello");
    const std::string file = wavHead(sound.size()) + sound;
    CHECK(file.size() == 44 + 4000);
    CHECK(soundMillis(file) == 250);
    CHECK(soundMillis(std::string(2000, 'x')) == 1000);
    CHECK(soundMillis("") == 0);
  }
}
