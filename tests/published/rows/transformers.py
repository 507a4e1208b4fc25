"""Options of a small language model, each by itself; the wrappers, their losses and what they generate; the scripts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.published.data import enwik8
from tests.published.program import Program, Repository, script
from tests.published.record import Record
from tests.published.train import train

DECODERS = {  # arguments of Decoder beside dim=32, depth=2, heads=4, attn_dim_head=8
    "plain": "",
    "rmsnorm": "use_rmsnorm=True",
    "simple rmsnorm": "use_simple_rmsnorm=True",
    "scalenorm": "use_scalenorm=True",
    "dynamic tanh": "use_dynamic_tanh=True, dynamic_tanh_init_alpha=1.5",
    "derf": "use_derf=True",
    "alibi": "alibi_pos_bias=True",
    "relative bias": "rel_pos_bias=True",
    "dynamic bias": "dynamic_pos_bias=True, dynamic_pos_bias_log_distance=True",
    "rotary": "rotary_pos_emb=True",
    "rotary xpos": "rotary_pos_emb=True, rotary_xpos=True",
    "polar": "polar_pos_emb=True",
    "cope": "attn_use_cope=True",
    "data dependent alibi": "attn_data_dependent_alibi=True, attn_num_mem_kv=1",
    "flash": "attn_flash=True",
    "flash alibi": "attn_flash=True, alibi_pos_bias=True",
    "one head of keys": "attn_one_kv_head=True",
    "grouped keys": "attn_kv_heads=2",
    "memory keys": "attn_num_mem_kv=3",
    "zero key": "attn_add_zero_kv=True",
    "learned sink": "attn_head_learned_sink=True",
    "sparse topk": "attn_sparse_topk=3",
    "qk norm": "attn_qk_norm=True, attn_qk_norm_dim_scale=True",
    "qk rmsnorm": "attn_qk_rmsnorm=True",
    "value rmsnorm": "attn_value_rmsnorm=True",
    "talking heads": "attn_pre_talking_heads=True, attn_post_talking_heads=True",
    "head scale": "attn_head_scale=True",
    "gated values": "attn_gate_values=True, attn_gate_value_heads=True",
    "swiglu values": "attn_swiglu_values=True",
    "attention on attention": "attn_on_attn=True",
    "l2 distance": "attn_l2_distance=True",
    "sigmoid attention": "attn_sigmoid=True",
    "selective": "attn_selective=True",
    "signed": "attn_cog_signed=True",
    "hard": "attn_hard=True",
    "softclamped": "attn_softclamp_logits=True, softclamp_output=True",
    "laser": "attn_laser=True",
    "gumbel": "attn_gumbel_softmax=True",
    "orthogonal values": "attn_orthog_projected_values=True",
    "latent q and kv": "attn_use_latent_q=True, attn_dim_latent_q=16, attn_use_latent_kv=True, attn_dim_latent_kv=16",
    "hybrid": "attn_hybrid_fold_axial_dim=4, attn_hybrid_learned_mix=True, "
    "attn_hybrid_module=torch.nn.GRU(32, 32, batch_first=True)",
    "glu": "ff_glu=True",
    "swish glu": "ff_glu=True, ff_swish=True, ff_no_bias=True",
    "relu squared": "ff_relu_squared=True",
    "post activation norm": "ff_post_act_ln=True",
    "dropout": "attn_dropout=0.2, ff_dropout=0.2, layer_dropout=0.2",
    "macaron": "macaron=True",
    "sandwich": "sandwich_coef=1",
    "sandwich norm": "sandwich_norm=True",
    "post norm": "pre_norm=False",
    "pre and post norm": "pre_and_post_norm=True",
    "residual attention": "residual_attn=True",
    "gated residual": "gate_residual=True",
    "scaled residual": "scale_residual=True",
    "orthogonal residual": "orthog_residual=True",
    "value residual": "add_value_residual=True",
    "layerscale": "use_layerscale=True, layerscale_init_value=0.1",
    "shifted tokens": "shift_tokens=1",
    "hyper connections": "num_residual_streams=3",
    "hyper connections apart": "num_residual_streams=3, qkv_receive_diff_residuals=True",
    "integrated layers": "integrate_layers=True",
    "aggregated residuals": "attn_aggregated_residuals=True",
    "unet": "unet_skips=True",
    "tied layers": "weight_tie_layers=True",
    "parallel": "par_ratio=2, depth=4",
    "custom activation": "ff_custom_activation=torch.nn.Sigmoid()",
}
WRAPPERS = {  # arguments of TransformerWrapper
    "memory tokens": "num_memory_tokens=2",
    "interspersed memory": "num_memory_tokens=2, memory_tokens_interspersed_every=4",
    "tied embedding": "tie_embedding=True",
    "sinusoidal": "scaled_sinu_pos_emb=True",
    "normalized embedding": "l2norm_embed=True, post_emb_norm=True",
    "mixture of softmax": "mixture_of_softmax=True",
    "sigsoftmax": "sigsoftmax_logits=True",
    "several heads": "num_output_heads=2",
    "average pool": "average_pool_embed=True",
    "class token": "use_cls_token=True, num_cls_tokens=2",
    "attention pool": "attn_pool=True, num_pooled_tokens=3",
    "deep embedding": "ff_deep_embed=True",
    "part of the gradient": "emb_frac_gradient=0.1",
}
LAYERS = "dim=32, depth=2, heads=4, attn_dim_head=8"


def wrapped(given: str, layers: str = "") -> str:
    """The call that makes a language model."""
    base = LAYERS.replace("depth=2, ", "") if "depth=" in layers else LAYERS
    kind = "Encoder" if "pool" in given or "cls" in given else "Decoder"
    return f"TransformerWrapper(num_tokens=20, max_seq_len=24, attn_layers={kind}({base}, {layers}), {given})"


DECODER = f"Decoder({LAYERS}, rotary_pos_emb=True)"
MODEL = f"TransformerWrapper(num_tokens=20, max_seq_len=24, attn_layers={DECODER})"
TOKENS = "tokens"
OTHERS: dict[str, tuple[str, str, str]] = {  # what is made, the call, and what is done in evaluation
    "AutoregressiveWrapper": (
        f"AutoregressiveWrapper({MODEL})",
        "net(tokens)",
        "net.generate(tokens[:, :3], 8, temperature=0.0), net.generate(tokens[:, :3], 8, cache_kv=False)",
    ),
    "AutoregressiveWrapper filtered": (
        f"AutoregressiveWrapper({MODEL}, mask_prob=0.15)",
        "net(tokens)",
        "net.generate(tokens[:, :3], 6, filter_logits_fn='top_p', filter_kwargs=dict(thres=0.8)), "
        "net.generate(tokens[:, :3], 6, filter_logits_fn='min_p')",
    ),
    "AutoregressiveWrapper beams": (
        f"AutoregressiveWrapper({MODEL})",
        "net(tokens)",
        "net.beam_search(tokens[:, :3], 6, beams=3)",
    ),
    "XTransformer": (
        "XTransformer(dim=32, tie_token_emb=True, enc_num_tokens=20, enc_depth=2, enc_heads=4, enc_max_seq_len=12, "
        "dec_num_tokens=20, dec_depth=2, dec_heads=4, dec_max_seq_len=12)",
        "net(tokens, tokens, mask=tokens > 2)",
        "net.generate(tokens, tokens[:, :1], 6, mask=tokens > 2)",
    ),
    "XLAutoregressiveWrapper": (
        f"XLAutoregressiveWrapper(TransformerWrapper(num_tokens=20, max_seq_len=4, max_mem_len=8, "
        f"attn_layers=Decoder({LAYERS}, rel_pos_bias=True)))",
        "net(tokens)",
        "net.generate(tokens[:, :4], 8)",
    ),
    "NonAutoregressiveWrapper": (
        f"NonAutoregressiveWrapper(TransformerWrapper(num_tokens=20, max_seq_len=12, attn_layers=Encoder({LAYERS})), "
        "mask_id=19, steps=4)",
        "net(tokens.clamp(max=18)).loss",
        "net.generate()",
    ),
    "BeliefStateWrapper": (
        f"BeliefStateWrapper({MODEL}, {MODEL}, pred_distance=True)",
        "net(tokens)",
        "net.generate_with_suffix_cond(tokens[:, :2], 6)",
    ),
    "recycled": (
        wrapped("recycling=True, train_max_recycle_steps=3"),
        "net(tokens, recycle_steps=2)",
        "net(tokens, recycle_steps=3)",
    ),
    "NextLatentWrapper": (f"NextLatentWrapper({MODEL}, dim=32)", "net(tokens)", "net.net(tokens)"),
    "ContinuousTransformerWrapper": (
        f"ContinuousTransformerWrapper(dim_in=5, dim_out=4, max_seq_len=12, attn_layers=Encoder({LAYERS}))",
        "net(series, mask=tokens[:, :12] > 2)",
        "net(series)",
    ),
    "ContinuousAutoregressiveWrapper": (
        f"ContinuousAutoregressiveWrapper(ContinuousTransformerWrapper(dim_in=5, dim_out=5, max_seq_len=24, "
        f"attn_layers=Decoder({LAYERS})))",
        "net(series)",
        "net.generate(series[:, :3], 6)",
    ),
    "ContinuousAutoregressiveWrapper probabilistic": (
        f"ContinuousAutoregressiveWrapper(ContinuousTransformerWrapper(dim_in=5, dim_out=5, max_seq_len=24, "
        f"probabilistic=True, attn_layers=Decoder({LAYERS})))",
        "net(series)",
        "net.generate(series[:, :3], 6)",
    ),
    "XValAutoregressiveWrapper": (
        f"XValAutoregressiveWrapper(XValTransformerWrapper(num_tokens=20, numerical_token_id=3, max_seq_len=24, "
        f"attn_layers=Decoder({LAYERS})))",
        "net(tokens, series[..., 0])",
        "net.generate(tokens[:, :3], series[:, :3, 0], 6)",
    ),
    "MultiInputTransformerWrapper": (
        f"MultiInputTransformerWrapper(num_tokens=dict(note=20, pitch=20), max_seq_len=12, "
        f"attn_layers=Decoder({LAYERS}))",
        "net(dict(note=tokens, pitch=tokens.flip(1)))",
        "net(dict(note=tokens, pitch=tokens))",
    ),
    "ViTransformerWrapper": (
        f"ViTransformerWrapper(image_size=16, patch_size=4, num_classes=5, attn_layers=Encoder({LAYERS}))",
        "net(images)",
        "net(images, return_embeddings=True)",
    ),
    "DPO": (
        f"DPO({MODEL})",
        "net(tokens, tokens.flip(1), prompt_mask=torch.arange(12).expand(3, 12) < 4)",
        "net.policy_model(tokens)",
    ),
    "NeoMLP": (
        "NeoMLP(dim_in=5, dim_out=7, dim_hidden=8, depth=2, dim_model=32)",
        "net(series[:, 0])",
        "net(series[:, 1])",
    ),
    "EntropyBasedTokenizer": (
        f"EntropyBasedTokenizer({MODEL}, entropy_threshold=2.9)",
        "net.decoder(tokens)",
        "net(tokens)",
    ),
    "GPTVAE": (
        "gpt_vae.GPTVAE(num_tokens=20, dim=32, depth=2, enc_depth=1, max_seq_len=24, heads=4, attn_dim_head=8)",
        "net(tokens)",
        "net.generate(tokens[:, :3], 6, seq_for_latents=tokens)",
    ),
    "FreeTransformer": (
        "free_transformer.FreeTransformer(num_tokens=20, dim=32, dec_head_depth=1, dec_tail_depth=1, max_seq_len=24, "
        "heads=4, attn_dim_head=8, latent_bits=4)",
        "net(tokens)",
        "net.generate(tokens[:, :3], 6, latents=3)",
    ),
    "LatentAutoregressive": (
        f"gpt_lejepa.LatentAutoregressive({MODEL}, dim=32)",
        "net(tokens)",
        "net.net(tokens)",
    ),
    "ContinuousTransformerAutoencoder": (
        "continuous_autoencoder.ContinuousTransformerAutoencoder(dim=32, enc_depth=1, dec_depth=1, max_seq_len=24, "
        "dim_input=5, heads=4, attn_dim_head=8, bottleneck_type='variational')",
        "net(series)",
        "net(series)",
    ),
    "UniversalPretrainWrapper": (
        f"up_wrapper.UniversalPretrainWrapper({MODEL}, seq_len=12, batch_size=4, seed_length=4, num_reset=2)",
        "net()",
        "net.model(tokens)",
    ),
    "XMLatentDecoder": (f"xm_latent_decoder.XMLatentDecoder({MODEL}, dim=32)", "net(tokens)", "net.net(tokens)"),
    "adaptive layernorm": (
        f"Decoder({LAYERS}, dim_condition=6, use_adaptive_layernorm=True, use_adaptive_layerscale=True)",
        "net(wide, condition=wide[:, 0, :6])",
        "net(wide, condition=wide[:, 1, :6])",
    ),
    "adaptive rmsnorm": (
        f"Decoder({LAYERS}, dim_condition=6, use_adaptive_rmsnorm=True, adaptive_condition_mlp=True)",
        "net(wide, condition=wide[:, 0, :6])",
        "net(wide, condition=wide[:, 1, :6])",
    ),
    "cross attention": (
        f"Encoder({LAYERS}, cross_attend=True, rotary_pos_emb=True)",
        "net(wide, mask=tokens > 2, context=wide.flip(1), context_mask=tokens > 4)",
        "net(wide, context=wide)",
    ),
    "CrossAttender": (f"CrossAttender({LAYERS})", "net(wide, context=wide.flip(1))", "net(wide, context=wide)"),
    "PrefixDecoder": (f"PrefixDecoder({LAYERS})", "net(wide)", "net(wide)"),
    "cached keys": (
        MODEL,
        "net(tokens)",
        "net(tokens, cache=net(tokens[:, :8], return_intermediates=True)[1])",
    ),
}
SHORT = ("--seq_len=64", "--batch_size=2", "--num_batches=2")
SCRIPTS: dict[str, tuple[str, ...]] = {
    "train_copy": (),
    "train_parity": (),
    "train_enwik8": ("--cpu=True", *SHORT),
    "train_enwik8_lejepa_style": SHORT,
    "train_enwik8_xm": SHORT,
    "train_belief_state": (),
    "train_entropy_tokenizer": ("--seq_len=64", "--batch_size=2"),
    "train_free": (),
    "train_gpt_vae": (),
    "train_length_extrapolate": (),
    "train_path_star": (),
    "train_self_masked_repr": SHORT,
    "train_with_muon": (),
    "train_xl_enwik8": (*SHORT, "--train_seq_len=128"),
}


def names() -> dict[str, Any]:
    """What the calls above name."""
    import torch
    import x_transformers

    files = ["gpt_vae", "free_transformer", "gpt_lejepa", "continuous_autoencoder", "up_wrapper", "xm_latent_decoder"]
    found = {file: __import__(f"x_transformers.{file}", fromlist=[file]) for file in files}
    return {**vars(x_transformers), **found, "torch": torch}


def model(name: str, make: str, call: str = "net(tokens)", evaluate: str = "net(tokens)") -> Program:
    """Two steps of training, and evaluation."""

    def run(root: Path, record: Record) -> None:
        import torch

        scope = names()
        net = scope["net"] = eval(make, scope)
        scope["tokens"] = torch.randint(1, 20, (3, 12))
        scope["series"], scope["wide"] = torch.randn(3, 12, 5), torch.randn(3, 12, 32)
        scope["images"] = torch.randn(3, 3, 16, 16)
        with torch.no_grad():
            for p in net.parameters():  # what starts as zero would hide what comes before it
                p.add_(0.02 * torch.randn(p.shape))
        train(record, net, lambda: eval(call, scope))
        with torch.no_grad():
            record.note("generated", eval(evaluate, scope))

    return Program(name, run)


REPOSITORY = Repository(
    "x-transformers",
    "9252ed7838021ee61e6c5be0930b3a9a88efdf06",
    [
        *(model(name, wrapped("", given)) for name, given in DECODERS.items()),
        *(model(name, wrapped(given)) for name, given in WRAPPERS.items()),
        *(model(name, *row) for name, row in OTHERS.items()),
        *(script(f"{name}.py", *given, before=enwik8, backwards=1, limit=180) for name, given in SCRIPTS.items()),
    ],
    imports=("x_transformers",),
    stand_ins=("accelerate", "wandb"),
)
