"""All in order."""

import copy
import os
import subprocess


def shifted(args):
    command = f"samtools view -b -@ 4 {args.bam} | bedtools bamtobed -i stdin > {args.prefix}.bed"
    subprocess.run(command, shell=True, check=True)
    return f"{args.prefix}.bed"


def run(args):
    os.makedirs(os.path.join(args.out, "models"), exist_ok=True)
    own = copy.deepcopy(args)
    import peaks.train as train

    train.main(own)
    import peaks.predict as predict

    predict.main()


def tracked(args, values):
    from peaks import bigwig

    sizes = bigwig.sizes_of(args.sizes)
    bigwig.written(values, bigwig.regions_of(args.regions, 1000, values > 0), sizes, args.out)
