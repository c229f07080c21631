// Constant tables.
#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/DerivedTypes.h>
#include <llvm/IR/GlobalVariable.h>
#include <llvm/IR/IntrinsicsX86.h>

#include <cstring>

#include "codegen/builder.h"
#include "codegen/value.h"

namespace codegen {

using ir::DType;

namespace {

Val as(Val x, llvm::Value* v, DType dtype) { return {x.b, v, dtype, x.lanes}; }

template <class T>
llvm::Constant* table_data(llvm::LLVMContext& context, const void* data, int size) {
  return llvm::ConstantDataArray::get(context,
                                      llvm::ArrayRef(static_cast<const T*>(data), size_t(size)));
}

llvm::GlobalVariable* table_global(Builder& b, DType dtype, const char* name, const void* data,
                                   int size) {
  if (auto* known = b.module.getGlobalVariable(name, true)) return known;
  auto& c = b.context();
  // Integer tables may hold any bits, so unsigned element types serve both signs.
  llvm::Constant* values = dtype == DType::f32   ? table_data<float>(c, data, size)
                           : dtype == DType::f64 ? table_data<double>(c, data, size)
                           : dtype == DType::i32 ? table_data<uint32_t>(c, data, size)
                                                 : table_data<uint64_t>(c, data, size);
  auto* global = new llvm::GlobalVariable(b.module, values->getType(), true,
                                          llvm::GlobalValue::PrivateLinkage, values, name);
  global->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
  global->setAlignment(llvm::Align(64));
  return global;
}

// f of each `chunk` lanes of v, together again.
template <class F>
llvm::Value* by_chunks(Builder& b, llvm::Value* v, int lanes, int chunk, F&& f) {
  if (lanes == chunk) return f(v);
  llvm::SmallVector<int, 64> low, high, all;
  for (int i = 0; i < lanes / 2; ++i) low.push_back(i), high.push_back(i + lanes / 2);
  for (int i = 0; i < lanes; ++i) all.push_back(i);
  llvm::Value* first = by_chunks(b, b.ir.CreateShuffleVector(v, low), lanes / 2, chunk, f);
  llvm::Value* second = by_chunks(b, b.ir.CreateShuffleVector(v, high), lanes / 2, chunk, f);
  return b.ir.CreateShuffleVector(first, second, all);
}

// Elements [from, from + lanes) of a table, and zeros beyond it.
llvm::Constant* table_vector(Builder& b, DType dtype, const char* data, int size, int from,
                             int lanes) {
  const unsigned bytes = unsigned(ir::info(dtype).bytes);
  llvm::SmallVector<llvm::Constant*, 16> elements;
  for (int i = from; i < from + lanes; ++i) {
    uint64_t bits = 0;
    if (i < size) std::memcpy(&bits, data + size_t(i) * bytes, bytes);
    elements.push_back(b.ir.getIntN(bytes * 8, bits));
  }
  return llvm::ConstantExpr::getBitCast(llvm::ConstantVector::get(elements),
                                        type_of(b, dtype, lanes));
}

// A small table in registers: an element per lane, chosen by a permutation (AVX-512; in AVX2 of
// float32 by two and a choice), several times faster than a gather. Nothing if that cannot be.
Val permuted(Val index, DType dtype, const void* data, int size) {
  Builder& b = *index.b;
  const int chunk = b.vector_bytes / ir::info(dtype).bytes;
  const bool wide = b.big_masks && b.vector_bytes == 64, narrow = b.vector_bytes == 32;
  const bool fits = wide ? size <= 2 * chunk : narrow && chunk == 8 && size <= 2 * chunk;
  if (!fits || index.lanes < chunk || index.width() != ir::info(dtype).bytes * 8) return {};
  const bool eights = chunk == 8 && wide;
  const DType real = ir::info(dtype).bytes == 8 ? DType::f64 : DType::f32;
  const auto table = [&](int from) {
    return table_vector(b, real, static_cast<const char*>(data), size, from, chunk);
  };
  const auto chosen = [&](llvm::Value* i) -> llvm::Value* {
    auto& ir = b.ir;
    using namespace llvm::Intrinsic;
    if (wide && size <= chunk)
      return ir.CreateIntrinsic(eights ? x86_avx512_permvar_df_512 : x86_avx512_permvar_sf_512, {},
                                {table(0), i});
    if (wide)
      return ir.CreateIntrinsic(
          eights ? x86_avx512_vpermi2var_pd_512 : x86_avx512_vpermi2var_ps_512, {},
          {table(0), i, table(chunk)});
    llvm::Value* low = ir.CreateIntrinsic(x86_avx2_permps, {}, {table(0), i});
    if (size <= chunk) return low;
    llvm::Value* high = ir.CreateIntrinsic(x86_avx2_permps, {}, {table(chunk), i});
    return ir.CreateSelect(
        ir.CreateICmpSGT(i, llvm::ConstantInt::get(i->getType(), unsigned(chunk - 1))), high, low);
  };
  return as(index,
            b.ir.CreateBitCast(by_chunks(b, index.v, index.lanes, chunk, chosen),
                               type_of(b, dtype, index.lanes)),
            dtype);
}

}  // namespace

Val gather(Val index, DType dtype, const char* name, const void* data, int size) {
  Builder& b = *index.b;
  if (const Val v = permuted(index, dtype, data, size); v.v) return v;
  llvm::Value* table = table_global(b, dtype, name, data, size);
  llvm::Value* places = b.ir.CreateGEP(type_of(b, dtype, 1), table, index.v);
  llvm::Type* t = type_of(b, dtype, index.lanes);
  const llvm::Align align(uint64_t(ir::info(dtype).bytes));
  if (index.lanes == 1) return as(index, b.ir.CreateAlignedLoad(t, places, align), dtype);
  return as(index, b.ir.CreateMaskedGather(t, places, align), dtype);
}

}  // namespace codegen
