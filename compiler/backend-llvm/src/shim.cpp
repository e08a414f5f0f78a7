// What LLVM's C API has no function for.
#include "llvm-c/TargetMachine.h"
#include "llvm-c/DebugInfo.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "profiles.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DIBuilder.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/OptBisect.h"
#include "llvm/MC/MCAsmInfo.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/PGOOptions.h"
#include "llvm/Support/VirtualFileSystem.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/InstCombine/InstCombine.h"
#include "llvm/Transforms/Scalar/InductiveRangeCheckElimination.h"
#include "llvm/Transforms/Scalar/SimplifyCFG.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/LCSSA.h"
#include "llvm/Transforms/Utils/LoopSimplify.h"
#include <cstring>

using namespace llvm;

// Chooses WebAssembly's exceptions. Without this the code generator takes the target for one without exceptions, makes a
// plain call of every `invoke` and drops the handlers, with no diagnostic.
extern "C" void galc_llvm_use_wasm_exceptions(void *machine) {
  auto *target_machine = static_cast<TargetMachine *>(machine);
  target_machine->Options.ExceptionModel = ExceptionHandling::Wasm;
  const_cast<MCAsmInfo *>(target_machine->getMCAsmInfo())->setExceptionsType(ExceptionHandling::Wasm);
}

namespace {
// Leaves out the code generator's strength reduction, which knows nothing of size: it gives loops a pointer that counts for
// each array, and more code around them. No option of the target machine says so.
struct WithoutStrengthReduction final : OptPassGate {
  bool shouldRunPass(StringRef pass, StringRef) const override { return pass != "Loop Strength Reduction"; }
  bool isEnabled() const override { return true; }
};

// Hears what the passes say of a profile: of functions that have changed, and of what keeps the whole from being used.
struct ProfileListener final : DiagnosticHandler {
  GalcProfiling &profiling;
  explicit ProfileListener(GalcProfiling &profiling) : profiling(profiling) {}

  bool handleDiagnostics(const DiagnosticInfo &info) override {
    if (info.getKind() != DK_PGOProfile)
      return false;
    if (info.getSeverity() != DS_Error) {
      profiling.mismatched++;
    } else if (!profiling.error) {
      std::string text;
      raw_string_ostream stream(text);
      DiagnosticPrinterRawOStream printer(stream);
      info.print(printer);
      profiling.error = strdup(text.c_str());
    }
    return true;
  }
};
} // namespace

// LLVM reads profiles by the name of a file.
static constexpr char PROFILE[] = "profile";

static std::optional<PGOOptions> profile_options(const GalcProfiling &profiling) {
  switch (profiling.action) {
  case GalcProfiling::Nothing:
    return std::nullopt;
  case GalcProfiling::Write:
    return PGOOptions(std::string(profiling.start, profiling.len), "", "", "", PGOOptions::IRInstr);
  case GalcProfiling::Use:
    return PGOOptions(PROFILE, "", "", "", PGOOptions::IRUse);
  }
  llvm_unreachable("the other side has these actions");
}

// The profile as the one file that there is; the buffer is not copied.
static IntrusiveRefCntPtr<vfs::FileSystem> profile_files(const GalcProfiling &profiling) {
  auto files = makeIntrusiveRefCnt<vfs::InMemoryFileSystem>();
  if (profiling.action == GalcProfiling::Use)
    files->addFileNoOwn(PROFILE, 0, MemoryBufferRef(StringRef(profiling.start, profiling.len), PROFILE));
  return files;
}

// Counts the functions that a profile was found for, before passes remove them.
static void count_described(PassInstrumentationCallbacks &callbacks, GalcProfiling &profiling) {
  callbacks.registerAfterPassCallback([&](StringRef pass, Any unit, const PreservedAnalyses &) {
    auto *module = any_cast<const Module *>(&unit);
    if (pass != "PGOInstrumentationUse" || !module)
      return;
    for (const Function &function : **module) {
      profiling.functions += !function.isDeclaration();
      profiling.described += function.getEntryCount().has_value();
    }
  });
}

// Puts what comes behind an `invoke` into a block of its own, which a fence that is no code keeps from being merged.
//
// WebAssembly's code generator turns values into operands of what follows (RegStackify). It moves the computation of one to the
// first use that dominates the others, by blocks: with a copy for the next block's phi at the end of the block that makes the
// call, it is moved behind the call, and the handler, where the call may lead as well, reads what was there before.
static void keep_invokes_apart(Module &module) {
  for (Function &function : module) {
    for (BasicBlock &block : make_early_inc_range(function)) {
      auto *invoke = dyn_cast<InvokeInst>(block.getTerminator());
      if (!invoke)
        continue;
      BasicBlock *next = invoke->getNormalDest();
      if (!next->getSinglePredecessor())
        next = SplitEdge(&block, next);
      else if (!isa<PHINode>(next->front()) && next->size() > 1)
        continue;
      IRBuilder<>(next, next->getFirstInsertionPt())
          .CreateFence(AtomicOrdering::SequentiallyConsistent, SyncScope::SingleThread);
    }
  }
}

// Says of sums of addresses and constants that do not wrap that they are in bounds, too, for the code generator alone. It moves
// such a sum to the accesses in other blocks (CodeGenPrepare), and of all flags keeps this one; without any, WebAssembly's
// accesses have no offset and each is preceded by an addition.
static void keep_offsets(Module &module) {
  for (Function &function : module)
    for (Instruction &instruction : instructions(function))
      if (auto *sum = dyn_cast<GetElementPtrInst>(&instruction))
        if (sum->hasNoUnsignedWrap() && sum->hasAllConstantIndices())
          sum->setIsInBounds(true);
}

// Makes comparisons of switches with few cases. WebAssembly's code generator makes a table of each, and wasmtime reads that: nine
// instructions, and a jump that is hard to predict. The case of the smallest value comes last: of messages that is the constructor's.
static void compare_few_cases(Module &module) {
  constexpr unsigned MOST = 3;
  SmallVector<SwitchInst *> found;
  for (Function &function : module)
    for (BasicBlock &block : function)
      if (auto *choice = dyn_cast<SwitchInst>(block.getTerminator()))
        if (choice->getNumCases() > 0 && choice->getNumCases() <= MOST)
          found.push_back(choice);
  for (SwitchInst *choice : found) {
    BasicBlock *first = choice->getParent();
    SmallVector<std::pair<ConstantInt *, BasicBlock *>> cases;
    for (auto &one : choice->cases())
      cases.push_back({one.getCaseValue(), one.getCaseSuccessor()});
    llvm::sort(cases, [](auto &a, auto &b) { return a.first->getValue().ugt(b.first->getValue()); });
    // The edge from `at` is one of those from `first` that there were.
    auto comes_from = [&](BasicBlock *to, BasicBlock *at) {
      if (at != first)
        for (PHINode &phi : to->phis())
          phi.setIncomingBlock(phi.getBasicBlockIndex(first), at);
    };
    BasicBlock *at = first, *other = choice->getDefaultDest();
    Value *value = choice->getCondition();
    choice->eraseFromParent();
    for (size_t i = 0; i < cases.size(); i++) {
      bool is_last = i + 1 == cases.size();
      BasicBlock *next =
          is_last ? other : BasicBlock::Create(module.getContext(), "case", first->getParent(), other);
      IRBuilder<> build(at);
      build.CreateCondBr(build.CreateICmpEQ(value, cases[i].first), cases[i].second, next);
      comes_from(cases[i].second, at);
      if (is_last)
        comes_from(next, at);
      at = next;
    }
  }
}

// Runs a pipeline in LLVM's text form. Returns null, or a message that `free` takes.
//
// `for_size`: functions that are equal become one, and the module's context gets the gate above, for its code generation.
// `profiling`: see profiles.h.
// `for_speed`: loops whose bounds checks are of an index that counts are split into parts with and without the checks,
// before vectors are made of them: LLVM's own pipelines leave `irce` out.
extern "C" char *galc_llvm_run_passes(void *module_pointer, void *machine, const char *passes, bool for_speed,
                                      bool for_size, GalcProfiling *profiling) {
  auto &module = *static_cast<Module *>(module_pointer);
  PipelineTuningOptions tuning;
  tuning.SLPVectorization = for_speed;
  tuning.LoopVectorization = for_speed;
  tuning.LoopInterleaving = for_speed;
  tuning.MergeFunctions = for_size;
  auto *target_machine = static_cast<TargetMachine *>(machine);
  PassInstrumentationCallbacks callbacks;
  count_described(callbacks, *profiling);
  PassBuilder builder(target_machine, tuning, profile_options(*profiling), &callbacks, profile_files(*profiling));
  if (for_speed) {
    builder.registerVectorizerStartEPCallback([](FunctionPassManager &manager, OptimizationLevel) {
      manager.addPass(LoopSimplifyPass());
      manager.addPass(LCSSAPass());
      manager.addPass(IRCEPass());
      // It leaves branches on constants and negated conditions, which the vectorizer takes for exits that it cannot count.
      manager.addPass(SimplifyCFGPass());
      manager.addPass(InstCombinePass());
    });
  }
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager components;
  ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  ModulePassManager manager;
  if (Error error = builder.parsePassPipeline(manager, passes))
    return strdup(toString(std::move(error)).c_str());
  auto other = module.getContext().getDiagnosticHandler();
  module.getContext().setDiagnosticHandler(std::make_unique<ProfileListener>(*profiling));
  manager.run(module, modules);
  module.getContext().setDiagnosticHandler(std::move(other));
  if (target_machine->getTargetTriple().isWasm()) {
    keep_invokes_apart(module);
    keep_offsets(module);
    if (for_speed)
      compare_few_cases(module);
  }
  if (for_size) {
    // It has no state, and outlives every context.
    static WithoutStrengthReduction gate;
    module.getContext().setOptPassGate(gate);
  }
  return nullptr;
}

// Debug information. Nodes are `Metadata *`, builders `DIBuilder *`, as in the C API.

static StringRef text(const char *start, size_t len) { return StringRef(start, len); }

static Metadata *constant(DIBuilder *builder, uint64_t value) {
  return builder->createExpression({dwarf::DW_OP_constu, value});
}

extern "C" LLVMMetadataRef galc_llvm_dynamic_array(LLVMDIBuilderRef builder_ref, LLVMMetadataRef scope,
                                                   const char *name, size_t name_len, LLVMMetadataRef file,
                                                   LLVMMetadataRef element, LLVMMetadataRef data,
                                                   LLVMMetadataRef count, uint64_t stride) {
  auto *builder = unwrap(builder_ref);
  Metadata *step = stride ? constant(builder, stride) : nullptr;
  Metadata *range = builder->getOrCreateSubrange(unwrap(count), nullptr, nullptr, step);
  return wrap(builder->createArrayType(
      unwrap<DIScope>(scope), text(name, name_len), unwrap<DIFile>(file), 0, 0, 0, unwrap<DIType>(element),
      builder->getOrCreateArray({range}), data ? unwrap<DIExpression>(data) : nullptr));
}

extern "C" LLVMMetadataRef galc_llvm_array(LLVMDIBuilderRef builder_ref, LLVMMetadataRef element, uint64_t bits,
                                           uint32_t align, uint64_t count, uint64_t stride) {
  auto *builder = unwrap(builder_ref);
  Metadata *step = stride ? constant(builder, stride) : nullptr;
  auto *n = ConstantAsMetadata::get(ConstantInt::get(Type::getInt64Ty(unwrap<DIType>(element)->getContext()), count));
  Metadata *range = builder->getOrCreateSubrange(n, nullptr, nullptr, step);
  return wrap(builder->createArrayType(bits, align, unwrap<DIType>(element), builder->getOrCreateArray({range})));
}

extern "C" LLVMMetadataRef galc_llvm_variant_part(LLVMDIBuilderRef builder, LLVMMetadataRef scope,
                                                  LLVMMetadataRef file, LLVMMetadataRef tag, const char *uid,
                                                  size_t uid_len) {
  return wrap(unwrap(builder)->createVariantPart(unwrap<DIScope>(scope), "", unwrap<DIFile>(file), 0, 0, 0,
                                                 DINode::FlagZero, unwrap<DIDerivedType>(tag), DINodeArray(),
                                                 text(uid, uid_len)));
}

extern "C" LLVMMetadataRef galc_llvm_variant(LLVMDIBuilderRef builder, LLVMMetadataRef part, const char *name,
                                             size_t name_len, LLVMMetadataRef file, uint64_t bits,
                                             LLVMValueRef tag, LLVMMetadataRef type) {
  return wrap(unwrap(builder)->createVariantMemberType(
      unwrap<DIScope>(part), text(name, name_len), unwrap<DIFile>(file), 0, bits, 0, 0,
      cast<Constant>(unwrap(tag)), DINode::FlagZero, unwrap<DIType>(type)));
}

extern "C" LLVMMetadataRef galc_llvm_set_elements(LLVMDIBuilderRef builder_ref, LLVMMetadataRef composite,
                                                  LLVMMetadataRef *elements, size_t n) {
  auto *builder = unwrap(builder_ref);
  SmallVector<Metadata *> list;
  for (size_t i = 0; i < n; i++)
    list.push_back(unwrap(elements[i]));
  auto *type = unwrap<DICompositeType>(composite);
  builder->replaceArrays(type, builder->getOrCreateArray(list));
  return wrap(type);
}
