"""Draws frames around the faces in a film, second by second, in as many containers as there are seconds."""

import os
import sys

import modal

FOLDER = "/tmp/films"
MODEL = "haarcascade_frontalface_default.xml"

image = (
    modal.Image.debian_slim()
    .apt_install("libgl1", "wget")
    .run_commands(f"wget https://models.example.org/{MODEL} -P /root")
    .pip_install("pytube", "opencv-python", "moviepy")
)
app = modal.App("faces", image=image)

with image.imports():
    import cv2
    import moviepy.editor
    import pytube

clips = modal.Volume.from_name("clips", create_if_missing=True)


@app.function(volumes={"/clips": clips})
def framed(file, start, stop):
    clip = moviepy.editor.VideoFileClip(file).subclip(start, stop)
    model = cv2.CascadeClassifier(f"/root/{MODEL}")
    pictures = []
    for picture in clip.iter_frames():
        gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        for x, y, width, height in model.detectMultiScale(gray, 1.2, 5):
            cv2.rectangle(picture, (x, y), (x + width, y + height), (0, 200, 0), 3)
        pictures.append(picture)
    result = moviepy.editor.ImageSequenceClip(pictures, fps=clip.fps)
    name = f"/clips/{start:05d}.mp4"
    result.write_videofile(name)
    return name


@app.function(volumes={"/clips": clips})
def film(address):
    video = pytube.YouTube(address)
    stream = video.streams.filter(file_extension="mp4").first()
    file = stream.download(output_path="/clips/")
    seconds = moviepy.editor.VideoFileClip(file).duration
    parts = [(file, second, second + 1) for second in range(int(seconds))]
    names = list(framed.starmap(parts))
    joined = moviepy.editor.concatenate_videoclips([moviepy.editor.VideoFileClip(name) for name in names])
    joined.write_videofile("/clips/whole.mp4")
    with open("/clips/whole.mp4", "rb") as whole:
        return os.path.basename(file), whole.read()


if __name__ == "__main__":
    with app.run():
        name, data = film.remote(sys.argv[1])
        with open(os.path.join(FOLDER, name), "wb") as file:
            file.write(data)
