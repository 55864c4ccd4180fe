"""How a step's result lies on disk. Runs in images: Python 3.8, standard library; other libraries only if loaded.

``store.save_value(value, folder, …)`` writes files and gives a VALUE (see ops0_runner/protocol.py), which the
manifest holds; ``store.load_value`` checks every file against it and gives the value back.

=========  ==============================================  =======================================
format     for                                             load
=========  ==============================================  =======================================
json       None, bool, int, finite float, str, list, dict  parsed
           with str keys, where nothing is lost; a second
           file says what is there more than once
bytes      bytes                                           read
npy        numpy arrays without objects                    mapped, copy on write
arrow      pyarrow tables, as an IPC stream                mapped
frame      pandas frames that Arrow gives back exactly     numbers mapped, copy on write; strings mapped
polars     polars frames, as an IPC file                   mapped
safetensors  torch tensors and dicts of them, on the CPU    mapped, copy on write
tensorflow eager tensors, as npy                           mapped where tensorflow takes it
keras      models of Keras' own layers                     by Keras, in its safe mode
skops      estimators, where skops is there and trusts all by skops, trusting nothing more
tuple      tuples of up to 64 items, each by its own rule  only the items asked for
stream     iterators, one pickle an item                   an iterator; neither side holds the whole
file       a path of a regular file                        a path
folder     a path of a folder                              a path
custom     types with a serializer: registered, or by an   by their serializer
           entry point of ``ops0.serializers``
pickle     everything else, protocol 5                     buffers mapped, copy on write
=========  ==============================================  =======================================
"""
