"""What is made small."""

import tensorflow as tf
import tensorflow_probability as tfp


def multinomial(true, logits):
    total = tf.reduce_sum(true, axis=-1)
    spread = tfp.distributions.Multinomial(total_count=total, logits=logits)
    return -tf.reduce_sum(spread.log_prob(true)) / tf.cast(tf.shape(true)[0], tf.float32)
