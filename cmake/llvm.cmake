# LLVM 22, static archives only: a shared libLLVM would meet the copies in Numba and torch.
find_program(BRAZE_LLVM_CONFIG NAMES llvm-config-22 HINTS /usr/lib/llvm-22/bin)
if(BRAZE_LLVM_CONFIG)
  execute_process(COMMAND ${BRAZE_LLVM_CONFIG} --cmakedir OUTPUT_VARIABLE llvm_cmake_dir
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
endif()
find_package(LLVM CONFIG REQUIRED HINTS ${llvm_cmake_dir})
if(NOT LLVM_VERSION_MAJOR EQUAL 22)
  message(FATAL_ERROR "braze needs LLVM 22 (Debian: llvm-22-dev), not ${LLVM_PACKAGE_VERSION}")
endif()
message(STATUS "LLVM ${LLVM_PACKAGE_VERSION} from ${LLVM_DIR}")
llvm_map_components_to_libnames(BRAZE_LLVM_LIBS orcjit native)
