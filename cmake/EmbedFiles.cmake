# Script part of penstock_embed(); see Embed.cmake.
list(SORT FILES)
set(declarations "")
set(entries "")
set(index 0)
foreach(file IN LISTS FILES)
  get_filename_component(short ${file} NAME)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
  string(APPEND declarations "constexpr char kFile${index}[] = {${bytes}0};\n")
  string(APPEND entries "    {\"${short}\", {kFile${index}, sizeof kFile${index} - 1}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUT}.h
"#pragma once
#include <span>
#include \"base/embedded_file.h\"
namespace penstock::embedded {
std::span<const File> ${NAME}();
}  // namespace penstock::embedded
")
file(WRITE ${OUT}.cpp
"#include \"${NAME}.h\"
namespace penstock::embedded {
namespace {
${declarations}
constexpr File kFiles[] = {
${entries}};
}  // namespace
std::span<const File> ${NAME}() { return kFiles; }
}  // namespace penstock::embedded
")
