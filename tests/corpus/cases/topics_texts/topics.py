import gensim.corpora as corpora
import nltk
import pandas as pd
from gensim.models import CoherenceModel
from gensim.models.ldamodel import LdaModel
from gensim.utils import simple_preprocess
from nltk.corpus import stopwords

nltk.download("stopwords")


def words(texts):
    stop = set(stopwords.words("english"))
    return [[word for word in simple_preprocess(str(text)) if word not in stop] for text in texts]


def lemmas(texts, kinds=("NOUN", "VERB")):
    import spacy

    nlp = spacy.load("en_core_web_sm", disable=["parser", "ner"])
    return [[token.lemma_ for token in nlp(" ".join(text)) if token.pos_ in kinds] for text in texts]


def counted(texts):
    dictionary = corpora.Dictionary(texts)
    return dictionary, [dictionary.doc2bow(text) for text in texts]


def fitted(dictionary, bags, topics=10):
    return LdaModel(corpus=bags, id2word=dictionary, num_topics=topics, random_state=42, passes=10)


def coherence(model, texts, dictionary):
    return CoherenceModel(model=model, texts=texts, dictionary=dictionary, coherence="c_v").get_coherence()


def page(model, bags, dictionary, out="topics.html"):
    import pyLDAvis
    import pyLDAvis.gensim_models as shown

    pyLDAvis.save_html(shown.prepare(model, bags, dictionary), out)


def top(model, count=5):
    return pd.DataFrame(model.print_topics(count), columns=["topic", "words"])


def main(path="texts.csv"):
    texts = lemmas(words(pd.read_csv(path)["text"]))
    dictionary, bags = counted(texts)
    model = fitted(dictionary, bags)
    print(coherence(model, texts, dictionary))
    print(top(model).to_string())
    page(model, bags, dictionary)


if __name__ == "__main__":
    main()
