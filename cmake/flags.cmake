# Compiler and linker flags of every target.

# A contracted a*b+c rounds once where NumPy rounds twice.
add_compile_options(-Wall -Wextra -ffp-contract=off)
if(BRAZE_WERROR)
  add_compile_options(-Werror)
endif()

# The library runs on any x86-64-v2 machine; only the kernels it makes use more.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  add_compile_options(-march=x86-64-v2)
endif()

set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")

# Kernels made at run time have no type hash before their entry, which `function` would read.
if(BRAZE_SANITIZE)
  add_compile_options(-fsanitize=${BRAZE_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=function>)
  add_link_options(-fsanitize=${BRAZE_SANITIZE})
endif()

add_compile_options(-ffunction-sections -fdata-sections)
add_link_options(-Wl,--gc-sections -Wl,--as-needed)
# The object cache (codegen/object_store.cc) tells builds of braze apart by it.
add_link_options(-Wl,--build-id)
find_program(BRAZE_LLD NAMES ld.lld ld.lld-22 HINTS /usr/lib/llvm-22/bin)
if(BRAZE_LLD AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_link_options(-fuse-ld=${BRAZE_LLD})
endif()
