"""Writes the whole network for LiteRT: `<name>.tflite` beside `<name>.npz`, from the very same arrays."""

from pathlib import Path
from tempfile import TemporaryDirectory

from shotlens.machine.quiet import quiet
from shotlens.predicting import weights as weight_files
from shotlens.predicting.networks.backend import keras
from shotlens.predicting.runtimes.in_keras import build
from shotlens.predicting.weights import Meta


def convert(path: Path) -> Meta:
    """Write the network with the weights that the JSON file `path` describes, and its checksum into that file.

    It takes one shot at a time. Its weights are float32: float16 would change some probabilities by more than .01.
    Raises WeightsError.
    """
    import tensorflow

    meta, arrays = weight_files.read(path)
    model = build(meta, arrays)
    one_shot = {
        tensor.name: keras.InputSpec(tensor.dtype, (1, *tensor.shape[1:]), name=tensor.name) for tensor in model.inputs
    }
    with TemporaryDirectory() as folder, quiet():
        # By way of a file: the converter loses the weights of a function in memory.
        model.export(folder, format="tf_saved_model", input_signature=[one_shot], verbose=False)
        tflite = tensorflow.lite.TFLiteConverter.from_saved_model(folder).convert()
    return weight_files.write_tflite(tflite, path, meta)
