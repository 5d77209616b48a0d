#include "http/multipart.h"

#include <algorithm>

#include "base/text.h"

namespace penstock::http {
namespace {

constexpr std::string_view kType = "multipart/form-data";
constexpr std::string_view kLineEnd = "\r\n";
constexpr size_t kMaxBoundary = 70;  // RFC 2046

ApiError malformed(std::string_view why) {
  return invalidRequest("invalid_multipart", "the multipart form " + std::string(why));
}

bool isTokenChar(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

// RFC 2046's bchars, but for the space, which some trim.
bool isBoundary(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("'()+_,-./:=?").find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= kMaxBoundary && std::ranges::all_of(text, allowed);
}

// The parameters of a header's value: "; name=token; name=\"quoted \\\" text\"".
class Parameters {
 public:
  explicit Parameters(std::string_view text) : rest_(text) {}

  // False at the end, or where good() has become false.
  bool next(std::string& name, std::string& value) {
    rest_ = trim(rest_);
    if (rest_.empty()) return false;
    good_ = rest_.front() == ';';
    rest_ = good_ ? trim(rest_.substr(1)) : rest_;
    name = asciiLower(token());
    good_ = good_ && !name.empty() && take('=');
    if (!good_) return false;
    value.clear();
    if (!rest_.empty() && rest_.front() == '"') {
      good_ = quoted(value);
    } else {
      value = token();
      good_ = !value.empty();
    }
    return good_;
  }
  bool good() const { return good_; }

 private:
  std::string_view token() {
    size_t size = 0;
    while (size < rest_.size() && isTokenChar(rest_[size])) ++size;
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool quoted(std::string& value) {
    for (size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        rest_.remove_prefix(i + 1);
        return true;
      }
      if (rest_[i] == '\\' && i + 1 < rest_.size()) ++i;
      value += rest_[i];
    }
    return false;
  }

  std::string_view rest_;
  bool good_ = true;
};

Result<std::string> boundaryOf(std::string_view content_type) {
  std::string boundary, name, value;
  Parameters parameters(trim(content_type).substr(kType.size()));
  while (parameters.next(name, value)) {
    if (name != "boundary") continue;
    if (!boundary.empty()) return malformed("has two boundaries");
    boundary = value;
  }
  if (!parameters.good() || !isBoundary(boundary))
    return malformed("needs a boundary in Content-Type");
  return boundary;
}

Status readDisposition(std::string_view value, FormPart& part) {
  const size_t end = std::min(value.find(';'), value.size());
  if (!equalsIgnoreCase(trim(value.substr(0, end)), "form-data"))
    return malformed("has a part that is no form-data");
  bool named = false;
  std::string key, text;
  Parameters parameters(value.substr(end));
  while (parameters.next(key, text)) {
    if (key == "name*") return malformed("has a part with an encoded name");
    if ((key == "name" && named) || (key == "filename" && part.filename))
      return malformed("has a part with two names");
    if (key == "name") part.name = text;
    if (key == "filename") part.filename = text;
    named = named || key == "name";
  }
  if (!parameters.good() || !named) return malformed("has a part without a name");
  return Unit{};
}

// One line of a part's headers.
Status readHeader(std::string_view line, bool& disposed, FormPart& part) {
  const size_t colon = line.find(':');
  const std::string_view name = line.substr(0, std::min(colon, line.size()));
  if (colon == std::string_view::npos || name.empty() || !std::ranges::all_of(name, isTokenChar))
    return malformed("has a part with a malformed header");
  const std::string_view value = trim(line.substr(colon + 1));
  if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
    return malformed("has a part with a malformed header");
  if (equalsIgnoreCase(name, "content-disposition")) {
    if (disposed) return malformed("has a part with two Content-Dispositions");
    disposed = true;
    return readDisposition(value, part);
  }
  if (equalsIgnoreCase(name, "content-transfer-encoding")) {
    const bool plain = equalsIgnoreCase(value, "binary") || equalsIgnoreCase(value, "8bit") ||
                       equalsIgnoreCase(value, "7bit");
    if (!plain) return malformed("has a part with an encoding that is not supported");
  }
  if (equalsIgnoreCase(name, "content-type")) part.content_type = value;
  return Unit{};
}

// Reads a part's headers from `body` at `at`, which moves to its value.
Status readHead(std::string_view body, const FormLimits& limits, size_t& at, FormPart& part) {
  const size_t begin = at;
  bool disposed = false;
  for (;;) {
    const size_t end = body.substr(0, begin + limits.head_bytes).find(kLineEnd, at);
    if (end == std::string_view::npos) return malformed("has a part without an end of its headers");
    const std::string_view line = body.substr(at, end - at);
    at = end + kLineEnd.size();
    if (line.empty()) break;
    if (Status read = readHeader(line, disposed, part); !read) return read;
  }
  if (!disposed) return malformed("has a part without Content-Disposition");
  return Unit{};
}

bool endsForm(std::string_view rest) { return rest == "--" || rest == "--\r\n"; }

// Goes through a form from delimiter to delimiter.
class FormReader {
 public:
  FormReader(std::string boundary, std::string_view body, const FormLimits& limits)
      : body_(body), limits_(limits), delimiter_("\r\n--" + boundary) {
    form_.boundary = std::move(boundary);
    at_ = delimiter_.size() - kLineEnd.size();
  }

  bool begins() const {
    return body_.starts_with(std::string_view(delimiter_).substr(kLineEnd.size()));
  }
  bool atEnd() const { return endsForm(body_.substr(at_)); }
  bool atFile() const { return form_.parts.back().filename.has_value(); }

  Status readPartHead() {
    if (form_.parts.size() == limits_.parts) return malformed("has too many parts");
    if (body_.substr(at_, kLineEnd.size()) != kLineEnd)
      return malformed("has a malformed boundary");
    at_ += kLineEnd.size();
    FormPart& part = form_.parts.emplace_back();
    part.begin = line_;
    return readHead(body_, limits_, at_, part);
  }
  bool findValueEnd() {
    // A part without a byte: its value's end is that of its headers.
    end_ = body_.find(delimiter_, at_ - kLineEnd.size());
    return end_ != std::string_view::npos;
  }
  Status takeValue() {
    if (end_ < at_) return malformed("has a part without a line end before its boundary");
    form_.parts.back().value = body_.substr(at_, end_ - at_);
    line_ = end_ + kLineEnd.size();
    at_ = end_ + delimiter_.size();
    return Unit{};
  }
  Form take() {
    form_.close = line_;
    return std::move(form_);
  }
  // The last part's value as far as it is there.
  Form takeUnfinished() {
    form_.parts.back().value = body_.substr(at_);
    form_.close = at_;
    return std::move(form_);
  }

 private:
  const std::string_view body_;
  const FormLimits& limits_;
  const std::string delimiter_;
  Form form_;
  size_t line_ = 0;  // of the last delimiter
  size_t at_;        // what comes next
  size_t end_ = 0;   // of a value
};

}  // namespace

const FormPart* Form::find(std::string_view name) const {
  const auto found = std::ranges::find(parts, name, &FormPart::name);
  return found == parts.end() ? nullptr : &*found;
}

bool isForm(std::string_view content_type) {
  return equalsIgnoreCase(trim(content_type.substr(0, content_type.find(';'))), kType);
}

Result<Form> parseForm(std::string_view content_type, std::string_view body,
                       const FormLimits& limits) {
  if (!isForm(content_type)) return malformed("needs Content-Type: multipart/form-data");
  auto boundary = boundaryOf(content_type);
  if (!boundary) return std::move(boundary).error();
  FormReader reader(*std::move(boundary), body, limits);
  if (!reader.begins()) return malformed("does not begin with its boundary");
  while (!reader.atEnd()) {
    if (Status head = reader.readPartHead(); !head) return std::move(head).error();
    if (!reader.findValueEnd()) return malformed("ends before its last boundary");
    if (Status value = reader.takeValue(); !value) return std::move(value).error();
  }
  return reader.take();
}

std::optional<Form> parseFormToFile(std::string_view content_type, std::string_view body,
                                    const FormLimits& limits) {
  if (!isForm(content_type)) return std::nullopt;
  auto boundary = boundaryOf(content_type);
  if (!boundary) return std::nullopt;
  FormReader reader(*std::move(boundary), body, limits);
  if (!reader.begins()) return std::nullopt;
  while (!reader.atEnd()) {
    if (!reader.readPartHead()) return std::nullopt;
    if (reader.atFile()) return reader.takeUnfinished();
    if (!reader.findValueEnd() || !reader.takeValue()) return std::nullopt;
  }
  return std::nullopt;
}

FormFile::FormFile(const Form& form)
    : delimiter_("\r\n--" + form.boundary), certain_(form.close - kLineEnd.size()) {}

size_t FormFile::certain(std::string_view body) {
  if (ended_) return certain_;
  const size_t end = body.find(delimiter_, certain_);
  ended_ = end != std::string_view::npos;
  // Of what is there last, the beginning of a delimiter may be part.
  const size_t open = delimiter_.size() - 1;
  if (ended_)
    certain_ = end;
  else if (body.size() > certain_ + open)
    certain_ = body.size() - open;
  return certain_;
}

std::string FormBody::str() const {
  std::string text;
  for (const std::string_view piece : pieces_) text.append(piece);
  return text;
}

bool FormEdits::holdsBoundary(std::string_view value) const {
  const std::string line = "--" + form_.boundary;
  return value.starts_with(line) || value.find("\r\n" + line) != std::string_view::npos;
}

bool FormEdits::replaceValue(size_t i, std::string value) {
  if (holdsBoundary(value)) return false;
  const auto begin = static_cast<size_t>(form_.parts[i].value.data() - body_.data());
  edits_.push_back({begin, begin + form_.parts[i].value.size(), std::move(value)});
  return true;
}

void FormEdits::remove(size_t i) {
  const size_t end = i + 1 < form_.parts.size() ? form_.parts[i + 1].begin : form_.close;
  edits_.push_back({form_.parts[i].begin, end, {}});
}

bool FormEdits::prepend(std::string_view name, std::string_view value) {
  if (holdsBoundary(value)) return false;
  std::string part = "--" + form_.boundary + "\r\nContent-Disposition: form-data; name=\"";
  part.append(name).append("\"\r\n\r\n").append(value).append(kLineEnd);
  edits_.push_back({0, 0, std::move(part)});
  return true;
}

FormBody FormEdits::build() const {
  std::vector<Edit> edits = edits_;
  // A field at the beginning goes before a part that is taken out there.
  std::ranges::stable_sort(edits, [](const Edit& a, const Edit& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  });
  FormBody built;
  built.owned_.reserve(edits.size());  // views into short texts must not move
  size_t from = 0;
  const auto add = [&built](std::string_view piece) {
    if (!piece.empty()) built.pieces_.push_back(piece);
  };
  for (Edit& edit : edits) {
    add(body_.substr(from, edit.begin - from));
    add(built.owned_.emplace_back(std::move(edit.text)));
    from = edit.end;
  }
  add(body_.substr(from));
  return built;
}

}  // namespace penstock::http
