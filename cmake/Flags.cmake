# One interface target carries the flags of every target of ours.
add_library(penstock_flags INTERFACE)
target_compile_options(penstock_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
  $<$<BOOL:${PENSTOCK_WERROR}>:-Werror>
  -fstack-protector-strong
  # g++ 12 reports both wrongly: designated and trailing defaults, and inlined vector destruction.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-missing-field-initializers -Wno-free-nonheap-object>)
target_compile_definitions(penstock_flags INTERFACE
  _GLIBCXX_ASSERTIONS
  $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>
  PENSTOCK_VERSION="${PROJECT_VERSION}")
if(PENSTOCK_SANITIZE)
  target_compile_options(penstock_flags INTERFACE
    -fsanitize=${PENSTOCK_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
    -U_FORTIFY_SOURCE)
  target_link_options(penstock_flags INTERFACE -fsanitize=${PENSTOCK_SANITIZE})
else()
  target_link_options(penstock_flags INTERFACE -static-libstdc++ -static-libgcc)
endif()
