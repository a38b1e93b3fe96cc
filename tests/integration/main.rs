mod known_answers;
