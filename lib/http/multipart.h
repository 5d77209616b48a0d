#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// Forms as multipart/form-data (RFC 7578), read strictly and edited without a copy of their files.
//
//   --B CRLF
//   Content-Disposition: form-data; name="file"; filename="a.wav" CRLF
//   Content-Type: audio/wav CRLF
//   CRLF
//   …bytes… CRLF
//   --B-- CRLF
namespace penstock::http {

struct FormPart {
  std::string name;
  std::optional<std::string> filename;  // there is one: the part is a file
  std::string_view content_type;        // as it was sent; may be empty
  std::string_view value;
  size_t begin = 0;  // of its delimiter line, in the body
};

// Views point into the body that was parsed.
struct Form {
  std::string boundary;
  std::vector<FormPart> parts;  // in order
  size_t close = 0;             // of the last delimiter line, in the body

  // The only part of that name, or the first.
  const FormPart* find(std::string_view name) const;
};

struct FormLimits {
  size_t parts = 256;
  size_t head_bytes = 8192;  // of a part's own headers
};

// Whether a Content-Type says that the body is a form of this kind.
bool isForm(std::string_view content_type);

// InvalidRequest/"invalid_multipart" for what two parsers could read differently: a preamble or an
// epilogue, headers that are folded or repeated, encodings other than the bytes themselves, names
// in RFC 5987's form; and for what exceeds the limits.
Result<Form> parseForm(std::string_view content_type, std::string_view body,
                       const FormLimits& limits = {});

// Of a form that is still arriving, in bodies that grow at one place: its parts up to the first
// file, of whose value part is there. Nothing where they are not there yet, or parseForm() will not
// have them.
std::optional<Form> parseFormToFile(std::string_view content_type, std::string_view body,
                                    const FormLimits& limits = {});

// Where that file ends, as it arrives.
class FormFile {
 public:
  explicit FormFile(const Form& form);  // as parseFormToFile() gave it
  // How much of the body that is there surely is not behind the file. Never less than before.
  size_t certain(std::string_view body);

 private:
  std::string delimiter_;
  size_t certain_;
  bool ended_ = false;
};

// A form's text with edits, as pieces in order: views into the body where it is unchanged. Movable;
// valid while the body lives.
class FormBody {
 public:
  const std::vector<std::string_view>& pieces() const { return pieces_; }
  std::string str() const;

 private:
  friend class FormEdits;
  std::vector<std::string_view> pieces_;
  std::vector<std::string> owned_;
};

// What is to be different in a form. Each part is edited at most once.
class FormEdits {
 public:
  // Both outlive this.
  FormEdits(const Form& form, std::string_view body) : form_(form), body_(body) {}

  // `i` is the part's place. False, and nothing is changed, for a value that holds the boundary.
  bool replaceValue(size_t i, std::string value);
  void remove(size_t i);
  // A field at the beginning; `name` is plain.
  bool prepend(std::string_view name, std::string_view value);

  FormBody build() const;

 private:
  struct Edit {
    size_t begin, end;  // of the body
    std::string text;
  };
  bool holdsBoundary(std::string_view value) const;
  const Form& form_;
  const std::string_view body_;
  std::vector<Edit> edits_;
};

}  // namespace penstock::http
