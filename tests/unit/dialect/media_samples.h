#pragma once

#include <cstdint>
#include <string>

// Forms and sounds for the tests of media endpoints.
namespace penstock::test {

inline const std::string kFormType = "multipart/form-data; boundary=XX";

inline std::string field(const std::string& name, const std::string& value) {
  return "--XX\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
}
inline std::string file(const std::string& name, const std::string& bytes,
                        const std::string& type = "audio/wav") {
  return "--XX\r\nContent-Disposition: form-data; name=\"" + name +
         "\"; filename=\"a.wav\"\r\nContent-Type: " + type + "\r\n\r\n" + bytes + "\r\n";
}
inline std::string form(const std::string& parts) { return parts + "--XX--\r\n"; }

inline std::string number(uint32_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> 8 * i & 0xFFU);
  return text;
}

// A WAV file of 16-bit silence with so many bytes of it, 16,000 a second.
inline std::string wav(uint32_t bytes, uint32_t said_bytes_a_second = 16'000) {
  return "RIFF" + number(36 + bytes, 4) + "WAVEfmt " + number(16, 4) + number(1, 2) + number(1, 2) +
         number(8'000, 4) + number(said_bytes_a_second, 4) + number(2, 2) + number(16, 2) + "data" +
         number(bytes, 4) + std::string(bytes, '\0');
}

}  // namespace penstock::test
