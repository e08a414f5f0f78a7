// What LLVM's C API has no function for.
#include "llvm-c/TargetMachine.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/MCAsmInfo.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/Scalar/InductiveRangeCheckElimination.h"
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

// Runs a pipeline in LLVM's text form. Returns null, or a message that `free` takes.
//
// `for_speed`: loops whose bounds checks are of an index that counts are split into parts with and without the checks,
// before vectors are made of them: LLVM's own pipelines leave `irce` out.
extern "C" char *galc_llvm_run_passes(void *module, void *machine, const char *passes, bool for_speed,
                                      bool for_size) {
  PipelineTuningOptions tuning;
  tuning.SLPVectorization = for_speed;
  tuning.LoopVectorization = for_speed;
  tuning.LoopInterleaving = for_speed;
  tuning.MergeFunctions = for_size;
  auto *target_machine = static_cast<TargetMachine *>(machine);
  PassBuilder builder(target_machine, tuning);
  if (for_speed) {
    builder.registerVectorizerStartEPCallback([](FunctionPassManager &manager, OptimizationLevel) {
      manager.addPass(LoopSimplifyPass());
      manager.addPass(LCSSAPass());
      manager.addPass(IRCEPass());
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
  manager.run(*static_cast<Module *>(module), modules);
  return nullptr;
}
