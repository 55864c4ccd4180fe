#!/usr/bin/env python
# coding: utf-8

# # How well do we guess a price?

# In[1]:


import pandas as pd
import numpy as np
import matplotlib.pyplot as plt
get_ipython().run_line_magic('matplotlib', 'inline')
import seaborn as sns
from sklearn.model_selection import train_test_split
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import cross_val_score
from sklearn.preprocessing import PolynomialFeatures
from tqdm import tqdm
from sklearn.linear_model import Ridge


# In[2]:


path = 'https://data.example.org/cars.csv'
df = pd.read_csv(path)
df = df._get_numeric_data()
df.head()


# In[3]:


y = df['price']
x = df.drop(columns='price')
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.4, random_state=0)
print(x_train.shape[0])


# In[4]:


def drawn(red, blue, red_name, blue_name, title):
    plt.figure(figsize=(12, 10))
    one = sns.kdeplot(red, color="r", label=red_name)
    sns.kdeplot(blue, color="b", label=blue_name, ax=one)
    plt.title(title)
    plt.legend()
    plt.show()
    plt.close()


# In[5]:


def polynomial(degree, train, test):
    bent = PolynomialFeatures(degree=degree)
    return bent.fit_transform(train), bent.fit_transform(test)


def errors_of(alphas, train, test, y_train, y_test):
    found = []
    for alpha in tqdm(alphas):
        model = Ridge(alpha=alpha).fit(train, y_train)
        found.append((alpha, model.score(train, y_train), model.score(test, y_test)))
    return pd.DataFrame(found, columns=['alpha', 'train', 'test'])


# In[6]:


plain = LinearRegression()
plain.fit(x_train[['power']], y_train)
print(cross_val_score(plain, x[['power']], y, cv=4).mean())


# In[7]:


bent_train, bent_test = polynomial(2, x_train[['power', 'weight']], x_test[['power', 'weight']])
poly = LinearRegression().fit(bent_train, y_train)
guess = poly.predict(bent_test)
drawn(y_test, guess, "true", "guess", "Prices")


# In[8]:


table = errors_of(10 * np.arange(0, 100), bent_train, bent_test, y_train, y_test)
table.plot(x='alpha')
