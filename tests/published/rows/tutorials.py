"""Tutorials, as far as a CPU runs them without downloads: what is left in their names at the end is compared."""

from __future__ import annotations

from pathlib import Path

from tests.published import data
from tests.published.program import Program, Repository, script

PLAIN = [
    "beginner_source/basics/autogradqs_tutorial",
    "beginner_source/basics/buildmodel_tutorial",
    "beginner_source/basics/intro",
    "beginner_source/basics/tensorqs_tutorial",
    "beginner_source/blitz/data_parallel_tutorial",
    "beginner_source/blitz/neural_networks_tutorial",
    "beginner_source/blitz/tensor_tutorial",
    "beginner_source/examples_autograd/polynomial_autograd",
    "beginner_source/examples_autograd/polynomial_custom_function",
    "beginner_source/examples_nn/dynamic_net",
    "beginner_source/examples_nn/polynomial_module",
    "beginner_source/examples_nn/polynomial_nn",
    "beginner_source/examples_nn/polynomial_optim",
    "beginner_source/examples_tensor/polynomial_tensor",
    "beginner_source/former_torchies/autograd_tutorial_old",
    "beginner_source/former_torchies/nnft_tutorial",
    "beginner_source/former_torchies/parallelism_tutorial",
    "beginner_source/former_torchies/tensor_tutorial_old",
    "beginner_source/introyt/autogradyt_tutorial",
    "beginner_source/introyt/modelsyt_tutorial",
    "beginner_source/nlp/advanced_tutorial",
    "beginner_source/nlp/deep_learning_tutorial",
    "beginner_source/nlp/pytorch_tutorial",
    "beginner_source/nlp/sequence_models_tutorial",
    "beginner_source/nlp/word_embeddings_tutorial",
    "beginner_source/profiler",
    "beginner_source/saving_loading_models",
    "beginner_source/understanding_leaf_vs_nonleaf_tutorial",
    "advanced_source/numpy_extensions_tutorial",
    "advanced_source/python_custom_ops",
    "intermediate_source/ensembling",
    "intermediate_source/forward_ad_usage",
    "intermediate_source/fx_profiling_tutorial",
    # Too long here: 500 times a Jacobian of 2048 rows, then jacfwd(jacfwd) by 512 numbers; both go row by row.
    "intermediate_source/jacobians_hessians",
    "intermediate_source/memory_format_tutorial",
    "intermediate_source/neural_tangent_kernels",
    "intermediate_source/parametrizations",
    "intermediate_source/per_sample_grads",
    "intermediate_source/pruning_tutorial",
    "intermediate_source/scaled_dot_product_attention_tutorial",
    "intermediate_source/torch_compile_tutorial",
    "intermediate_source/torch_export_tutorial",
    "intermediate_source/transformer_building_blocks",
    "intermediate_source/visualizing_gradients_tutorial",
    "recipes_source/compiling_optimizer_lr_scheduler",
    "recipes_source/foreach_map",
    "recipes_source/recipes/amp_recipe",
    "recipes_source/recipes/benchmark",
    "recipes_source/recipes/changing_default_device",
    "recipes_source/recipes/defining_a_neural_network",
    "recipes_source/recipes/module_load_state_dict_tips",
    "recipes_source/recipes/profiler_recipe",
    "recipes_source/recipes/reasoning_about_shapes",
    "recipes_source/recipes/swap_tensors",
    "recipes_source/recipes/tensorboard_with_pytorch",
    "recipes_source/recipes/timer_quick_start",
    "recipes_source/recipes/tuning_guide",
    "recipes_source/recipes/what_is_state_dict",
    "recipes_source/recipes/warmstarting_model_using_parameters_from_a_different_model",
    "recipes_source/regional_compilation",
    "recipes_source/torch_compile_torch_function_modes",
    "recipes_source/torch_compiler_set_stance_tutorial",
    "recipes_source/torch_logs",
    "unstable_source/maskedtensor_adagrad",
    "unstable_source/maskedtensor_advanced_semantics",
    "unstable_source/maskedtensor_overview",
    "unstable_source/maskedtensor_sparsity",
    "unstable_source/nestedtensor",
    "unstable_source/vmap_recipe",
]
PICTURES = [
    "beginner_source/basics/data_tutorial",
    "beginner_source/basics/optimization_tutorial",
    "beginner_source/basics/quickstart_tutorial",
    "beginner_source/basics/transforms_tutorial",
    "beginner_source/blitz/cifar10_tutorial",
    "beginner_source/introyt/introyt1_tutorial",
    "beginner_source/introyt/tensorboardyt_tutorial",
    "beginner_source/introyt/trainingyt",
    "intermediate_source/custom_function_conv_bn_tutorial",
    "intermediate_source/spatial_transformer_tutorial",
    "recipes_source/recipes/zeroing_out_gradients",
    "beginner_source/nn_tutorial",
]
WORDS = ("intermediate_source/char_rnn_classification_tutorial", "intermediate_source/seq2seq_translation_tutorial")
LEFT_OUT = {
    "downloads trained weights": "beginner_source/basics/saveloadrun_tutorial beginner_source/blitz/autograd_tutorial "
    "beginner_source/fgsm_tutorial beginner_source/transfer_learning_tutorial "
    "beginner_source/finetuning_torchvision_models_tutorial advanced_source/neural_style_tutorial "
    "intermediate_source/torchvision_tutorial",
    "downloads its data": "beginner_source/chatbot_tutorial beginner_source/data_loading_tutorial "
    "beginner_source/dcgan_faces_tutorial recipes_source/recipes/custom_dataset_transforms_loader "
    "beginner_source/audio_datasets_tutorial intermediate_source/forced_alignment_with_torchaudio_tutorial "
    "intermediate_source/char_rnn_generation_tutorial",
    "is about torchrl and tensordict": "advanced_source/coding_ddpg advanced_source/pendulum "
    "intermediate_source/dqn_with_rnn_tutorial intermediate_source/mario_rl_tutorial "
    "intermediate_source/reinforcement_ppo intermediate_source/pinmem_nonblock",
    "is about torchtext, which is no longer there": "beginner_source/torchtext_translation "
    "beginner_source/transformer_tutorial intermediate_source/pipeline_tutorial",
    "is about another package": "advanced_source/usb_semisup_learn advanced_source/semi_structured_sparse "
    "beginner_source/hyperparameter_tuning_tutorial beginner_source/introyt/captumyt recipes_source/recipes/Captum_Recipe "
    "intermediate_source/ax_multiobjective_nas_tutorial intermediate_source/mnist_train_nas "
    "intermediate_source/torchrec_intro_tutorial beginner_source/onnx/export_simple_model_to_onnx_tutorial "
    "beginner_source/onnx/export_control_flow_model_to_onnx_tutorial beginner_source/onnx/intro_onnx "
    "beginner_source/onnx/onnx_registry_tutorial unstable_source/gpu_quantization_torchao_tutorial",
    "is about PyTorch's compiler": "intermediate_source/inductor_debug_cpu recipes_source/regional_aot "
    "recipes_source/torch_compile_user_defined_triton_kernel_tutorial recipes_source/torch_export_aoti_python "
    "intermediate_source/torch_compile_conv_bn_fuser intermediate_source/_torch_export_nightly_tutorial",
    "is about PyTorch's C++ extensions": "advanced_source/custom_classes/custom_class_project/custom_test "
    "advanced_source/custom_classes/custom_class_project/export_attr advanced_source/dispatcher/test "
    "advanced_source/custom_classes/custom_class_project/save",
    "needs CUDA": "intermediate_source/optimizer_step_in_backward_tutorial unstable_source/gpu_direct_storage "
    "intermediate_source/tensorboard_profiler_tutorial",
    "starts several processes": "advanced_source/rpc_ddp_tutorial/main",
    "does not use PyTorch": "beginner_source/examples_tensor/polynomial_numpy beginner_source/template_tutorial "
    "beginner_source/hybrid_frontend/learning_hybrid_frontend_through_example_tutorial",
}


def pictures(work: Path) -> None:
    """MNIST, FashionMNIST and CIFAR-10 where the tutorials look for them."""
    from tests.helpers.published_data import write_cifar10

    for folder in (work, work / "data", work.parent / "data"):
        for name in ("MNIST", "FashionMNIST"):
            data.mnist(folder, 256, 64, name)
        write_cifar10(folder)


def words(work: Path) -> None:
    """Names by language, and pairs of sentences."""
    (work / "data" / "names").mkdir(parents=True)
    for i, language in enumerate(("English", "French", "German")):
        names = ["".join(chr(97 + (i * 7 + j * 3 + k * 5) % 26) for k in range(5)) for j in range(30)]
        (work / "data" / "names" / f"{language}.txt").write_text("\n".join(names) + "\n")
    pairs = [f"i am {a} {b} .\tje suis {b} {a} ." for a in ("a", "very", "so") for b in ("cold", "old", "good")]
    (work / "data" / "eng-fra.txt").write_text("\n".join(pairs * 4))


def games(work: Path) -> None:
    """Environments that a program does not seed begin alike."""
    from gymnasium.utils import seeding

    seeded = seeding.np_random
    seeding.np_random = lambda seed=None: seeded(0 if seed is None else seed)


def tutorial(name: str, **more: object) -> Program:
    """A tutorial from its file."""
    return script(f"{name}.py", name=name.replace("_source", ""), limit=100, **more)  # type: ignore[arg-type]


REPOSITORY = Repository(
    "tutorials-kr",
    "84b7db6e020c098cf38a0dfaf036007c24057bb1",
    [
        *map(tutorial, PLAIN),
        *(tutorial(name, before=pictures) for name in PICTURES),
        *(tutorial(name, before=words) for name in WORDS),
        # In its second batch two pixels below a max pool differ by 8e-8 of 1.4: rounding says which gets the gradient.
        tutorial("beginner_source/knowledge_distillation_tutorial", before=pictures, backwards=4),
        tutorial("intermediate_source/reinforcement_q_learning", before=games),
        tutorial("beginner_source/introyt/tensors_deeper_tutorial", uninitialised=("empty_like_x",)),
        *(
            Program(name.replace("_source", ""), left_out=reason)
            for reason, names in LEFT_OUT.items()
            for name in names.split()
        ),
    ],
    imports=("torchvision", "matplotlib.pyplot", "gymnasium", "pandas"),
    stand_ins=("cifar",),
)
